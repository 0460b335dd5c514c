// SPDX-License-Identifier: BSD-2-Clause
// watch.test.js: the live page of an inventory that `lasthello watch` fills at a mirror port. Runs in a network namespace that has the
// loopback interface and the pair `mirror` and `sensor` (tests/page/run).
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {after, before, test} from 'node:test';

import {launch, watch} from './browser.js';

const {PROGRAM, SPEAK, POLICIES} = process.env, PORT = 8993, BEFORE = 20, ROUNDS = 5, PATIENCE_MS = 60_000;
const folder = mkdtempSync(`${tmpdir()}/watch-`), inventory = `${folder}/i.db`;
let browser, sensor, server;

const speak = (first, count) => execFileSync(SPEAK, [String(first), String(count)]);
// What it says goes on to be read: a program whose standard error is closed would be another one.
const says = (child, words) => new Promise((resolve, reject) => {
    let said = '';

    child.stderr.on('data', text => (said += text).includes(words) && resolve());
    child.on('exit', () => reject(new Error(`it ended: ${said}`)));
});
const clients = async () => (await (await fetch(`http://127.0.0.1:${PORT}/api/clients`)).json()).length;

before(async () => {
    browser = await launch();
    sensor = spawn(PROGRAM, ['watch', '-i', 'sensor', '-o', inventory]);
    await says(sensor, 'sensor: capturing');
    speak(1, BEFORE);
    server = spawn(PROGRAM, ['serve', '--policy', POLICIES, inventory]);
    await says(server, 'is served at');
    for (const end = Date.now() + PATIENCE_MS; await clients() < BEFORE;) // what watch has heard is stored a second later
        assert.ok(Date.now() < end, 'what was sent is not in the inventory');
});
after(async () => {
    await browser.close();
    for (const child of [server, sensor].filter(child => child?.exitCode === null)) {
        child.kill();
        assert.equal((await once(child, 'exit'))[0], 0);
    }
    rmSync(folder, {recursive: true});
});

test('while watch hears new clients they come by themselves, and what was open, typed, chosen and scrolled to stays', async () => {
    const page = await browser.newPage({viewport: {width: 1366, height: 900}});
    const wrong = await watch(page, url => url.startsWith(`http://127.0.0.1:${PORT}/`));
    const rows = page.locator('#clients tbody tr:visible'), fold = page.locator('#stories details').nth(2);
    const state = () => page.evaluate(() => [document.activeElement.id, document.activeElement.value, document.activeElement.selectionStart, scrollY]);

    await page.goto(`http://127.0.0.1:${PORT}/`);
    await page.getByText('Live: what is new comes by itself.').waitFor();
    const verdict = await page.locator('#clients tbody tr').first().getAttribute('data-verdict');
    await fold.locator('summary').click();
    const id = await fold.getAttribute('id');
    await page.locator(`.choose a[data-show="${verdict}"]`).click();
    await page.locator('#clients thead a', {hasText: 'Client'}).click();
    await page.locator('#search').fill('10.64');
    await page.locator('#search').press('ArrowLeft');
    await page.evaluate(() => scrollTo(0, 350));
    assert.equal(await rows.count(), BEFORE);

    for (let round = 1; round <= ROUNDS; round++) {
        const {length} = await page.locator('#clients tbody tr').all();
        speak(BEFORE * round + 1, BEFORE);
        await page.waitForFunction(count => document.querySelectorAll('#clients tbody tr').length >= count, length + BEFORE);
        assert.ok(await page.locator(`[id="${id}"]`).evaluate(details => details.open), `round ${round}: the fold`);
        assert.equal(await page.locator('#stories details[open]').count(), 1);
        assert.deepEqual(await state(), ['search', '10.64', 4, 350], `round ${round}`);
        assert.equal(await rows.count(), BEFORE * (round + 1));
        assert.match(page.url(), new RegExp(`#.*show=${verdict}`));
        assert.match(page.url(), /q=10\.64/);
        assert.ok(await page.locator('th[aria-sort=ascending][data-name=client]').isVisible());
    }
    assert.deepEqual(wrong, []);
});

test('a search for a client that is not there yet finds it when watch hears it', async () => {
    const page = await browser.newPage();
    const client = `10.64.0.${BEFORE * (ROUNDS + 1) + 1}`;

    await page.goto(`http://127.0.0.1:${PORT}/#q=${client}`);
    await page.getByText('Live: what is new comes by itself.').waitFor();
    assert.equal(await page.locator('#clients tbody tr:visible').count(), 0);
    speak(BEFORE * (ROUNDS + 1) + 1, 1);
    await page.locator('#clients tbody tr:visible .addr', {hasText: client}).waitFor();
});
