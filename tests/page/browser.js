// SPDX-License-Identifier: BSD-2-Clause
// browser.js: the browser of these tests, and what they all ask of a page.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

import {chromium} from 'playwright-core';

// A bound against hanging alone: how long anything takes depends on what else the machine does.
export const PATIENCE_MS = 300_000;

export const launch = () => chromium.launch({executablePath: process.env.BROWSER, timeout: PATIENCE_MS, args: ['--no-sandbox',
    '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']});

// A page that is still empty. In `wrong` stands what goes wrong in it: its policy refuses something, it fails, or it asks what
// is not its own.
export const blank = async (browser, isOwn, options = {}) => {
    const context = await browser.newContext({viewport: {width: 1366, height: 900}, ...options});
    const wrong = [];

    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.on('console', message => message.type() === 'error' && wrong.push(message.text()));
    page.on('pageerror', error => wrong.push(error.message));
    page.on('request', request => isOwn(request.url()) || wrong.push(request.url()));
    page.on('dialog', dialog => { wrong.push('a dialog'); dialog.dismiss(); });
    await page.addInitScript(() => addEventListener('securitypolicyviolation', event => console.error(event.violatedDirective)));
    return {page, wrong, close: () => context.close()};
};

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// The page's policy allows no script but its own: axe comes by the debugger's door. What it says of what is good is not asked: it takes
// as long as all else.
export const hasNoViolation = async page => {
    const {violations} = await page.evaluate(`(() => { ${axe}; return axe.run({resultTypes: ['violations']}); })()`);

    assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`), []);
};

// Waits until the table shows so many rows.
export const shows = (page, count) => page.waitForFunction(count =>
    [...document.querySelectorAll('#clients tbody tr')].filter(row => !row.hidden).length === count, count);
// Waits until the page says that it is told what is new.
export const isLive = page => page.getByText('Live: what is new comes by itself.').waitFor();
