// SPDX-License-Identifier: BSD-2-Clause
// live.test.js: the page as `lasthello serve` serves it, while its inventory is filled.
import assert from 'node:assert/strict';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {after, before, test} from 'node:test';

import {blank, isLive, launch} from './browser.js';
import {end, run, serve, serveSomewhere} from './program.js';

const {PCAPS} = process.env;
const folder = mkdtempSync(`${tmpdir()}/live-`), inventory = `${folder}/i.db`;
let browser, server, port;

const captures = word => readdirSync(PCAPS).filter(name => name.includes(word)).map(name => `${PCAPS}/${name}`);
const read = paths => run('read', '-o', inventory, ...paths);

before(async () => {
    browser = await launch();
    read(captures('refused'));
    ({server, port} = await serveSomewhere(inventory));
});
after(async () => {
    await browser?.close();
    await end(server);
    rmSync(folder, {recursive: true});
});

const isOwn = url => url.startsWith(`http://127.0.0.1:${port}/`);
const isPage = answer => new URL(answer.url()).pathname === '/';
const open = async () => {
    const opened = await blank(browser, isOwn);

    await opened.page.goto(`http://127.0.0.1:${port}/`);
    await isLive(opened.page);
    return opened;
};
const rowCount = page => page.locator('#clients tbody tr').count();

test('what is new comes by itself, and what was open, typed and scrolled to stays', async () => {
    const {page, wrong, close} = await open();
    const before = await rowCount(page), fold = page.locator('#stories details').first();

    await fold.locator('summary').click();
    await page.locator('#search').fill('mail');
    await page.evaluate(() => scrollTo(0, 300));
    const id = await fold.getAttribute('id');
    read(captures('legacy').concat(captures('tls1'), captures('sslv2')));
    await page.waitForFunction(count => document.querySelectorAll('#clients tbody tr').length > count, before);

    assert.ok(await page.locator(`[id="${id}"]`).evaluate(details => details.open));
    assert.equal(await page.locator('#search').inputValue(), 'mail');
    assert.deepEqual(await page.evaluate(() => [document.activeElement.id, scrollY]), ['search', 300]);
    assert.match(page.url(), /#q=mail$/);
    assert.deepEqual(wrong, []);
    await close();
});

test('what is stored between the making of a page and its first question comes, too', async () => {
    const {page, wrong, close} = await blank(browser, isOwn);
    const other = captures('cleartext-imap');

    await page.route('**/page.js', async route => { // the page is made, and its script waits
        read(other);
        await route.continue();
    });
    const answers = [];
    page.on('response', answer => isPage(answer) && answers.push(answer));
    await page.goto(`http://127.0.0.1:${port}/`);
    while (answers.length < 2)
        await page.waitForResponse(isPage);
    assert.deepEqual(wrong, []);
    await close();
});

test('a click that began before something new came is one when it came', async () => {
    const {page, wrong, close} = await open();
    const fold = page.locator('#stories details').nth(1), id = await fold.getAttribute('id');

    await fold.locator('summary').hover();
    await page.mouse.down();
    await page.evaluate(() => { document.querySelector('header').dataset.old = ''; });
    const [answer] = await Promise.all([page.waitForResponse(isPage), read(captures('cleartext-pop3'))]);
    await answer.finished();
    await page.evaluate(async () => { // others that are asked after it are there
        for (let i = 0; i < 10; i++)
            await (await fetch('/healthz')).text();
    });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelector('header').dataset.old === undefined);
    assert.ok(await page.locator(`[id="${id}"]`).evaluate(details => details.open));
    assert.deepEqual(wrong, []);
    await close();
});

test('after a restart of the server the page goes on by itself', async () => {
    const {page, close} = await open();

    await end(server);
    await page.getByText('does not answer').waitFor();
    server = await serve(inventory, port);
    await isLive(page);
    await close();
});

test('a host has a page of its own', async () => {
    const {page, wrong, close} = await open();
    const address = await page.locator('#clients tbody .addr').first().textContent();

    await page.goto(`http://127.0.0.1:${port}/host/${address}`);
    assert.deepEqual([...new Set(await page.locator('#clients tbody .addr').allTextContents())], [address]);
    assert.deepEqual(wrong, []);
    await close();
});
