// SPDX-License-Identifier: BSD-2-Clause
// live.test.js: the page as `lasthello serve` serves it, while its inventory is filled.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {after, before, test} from 'node:test';

import {launch, watch} from './browser.js';

const {PROGRAM, PCAPS, POLICIES} = process.env;
const folder = mkdtempSync(`${tmpdir()}/live-`), inventory = `${folder}/i.db`;
let browser, server, port;

const captures = word => readdirSync(PCAPS).filter(name => name.includes(word)).map(name => `${PCAPS}/${name}`);
const read = paths => execFileSync(PROGRAM, ['read', '-o', inventory, ...paths], {stdio: 'ignore'});
const freePort = async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const {port} = probe.address();
    probe.close();
    return port;
};
const serve = async () => {
    server = spawn(PROGRAM, ['serve', '--listen', `127.0.0.1:${port}`, '--policy', POLICIES, inventory]);
    await once(server.stderr, 'data'); // "... is served at ..."
};
const stop = async () => {
    server.kill();
    await once(server, 'exit');
};

before(async () => {
    browser = await launch();
    port = await freePort();
    read(captures('refused'));
    await serve();
});
after(async () => {
    await stop();
    await browser.close();
    rmSync(folder, {recursive: true});
});

const open = async () => {
    const page = await browser.newPage({viewport: {width: 1366, height: 900}});
    const wrong = await watch(page, url => url.startsWith(`http://127.0.0.1:${port}/`));

    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByText('Live: what is new comes by itself.').waitFor();
    return {page, wrong};
};
const rowCount = page => page.locator('#clients tbody tr').count();

test('what is new comes by itself, and what was open, typed and scrolled to stays', async () => {
    const {page, wrong} = await open();
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
    await page.close();
});

test('after a restart of the server the page goes on by itself', async () => {
    const {page} = await open();

    await stop();
    await page.getByText('does not answer').waitFor();
    await serve();
    await page.getByText('Live: what is new comes by itself.').waitFor();
    await page.close();
});

test('a host has a page of its own', async () => {
    const {page, wrong} = await open();
    const address = await page.locator('#clients tbody .addr').first().textContent();

    await page.goto(`http://127.0.0.1:${port}/host/${address}`);
    assert.deepEqual([...new Set(await page.locator('#clients tbody .addr').allTextContents())], [address]);
    assert.deepEqual(wrong, []);
    await page.close();
});
