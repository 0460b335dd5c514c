// SPDX-License-Identifier: BSD-2-Clause
// browser.js: the browser of these tests.
import {chromium} from 'playwright-core';

export const launch = () => chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox',
    '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']});

// What goes wrong in a page: its policy refuses something, it fails, or it asks what is not its own.
export const watch = async (page, isOwn) => {
    const wrong = [];

    page.on('console', message => message.type() === 'error' && wrong.push(message.text()));
    page.on('pageerror', error => wrong.push(error.message));
    page.on('request', request => isOwn(request.url()) || wrong.push(request.url()));
    page.on('dialog', dialog => { wrong.push('a dialog'); dialog.dismiss(); });
    await page.addInitScript(() => addEventListener('securitypolicyviolation', event => console.error(event.violatedDirective)));
    return wrong;
};
