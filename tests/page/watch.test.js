// SPDX-License-Identifier: BSD-2-Clause
// watch.test.js: the live page of an inventory that `lasthello watch` fills at a mirror port. Runs in a network namespace that has the
// loopback interface and the pair `mirror` and `sensor` (tests/page/run).
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {after, before, test} from 'node:test';
import {setTimeout} from 'node:timers/promises';

import {blank, isLive, launch, PATIENCE_MS, shows} from './browser.js';
import {end, start} from './program.js';

const PORT = 8993 /* where it listens unless told otherwise */, BEFORE = 20, ROUNDS = 5, BETWEEN_LOOKS_MS = 200;
const folder = mkdtempSync(`${tmpdir()}/watch-`), inventory = `${folder}/i.db`;
let browser, sensor, server;

const speak = (first, count) => execFileSync(process.env.SPEAK, [String(first), String(count)]);
const clients = async () => (await (await fetch(`http://127.0.0.1:${PORT}/api/clients`)).json()).length;

before(async () => {
    browser = await launch();
    sensor = await start('sensor: capturing', 'watch', '-i', 'sensor', '-o', inventory);
    speak(1, BEFORE);
    server = await start('is served at', 'serve', '--policy', process.env.POLICIES, inventory);
    for (const last = Date.now() + PATIENCE_MS; await clients() < BEFORE;) { // what watch has heard is stored a second later
        assert.ok(Date.now() < last, 'what was sent is not in the inventory');
        await setTimeout(BETWEEN_LOOKS_MS);
    }
});
after(async () => {
    await browser?.close();
    await end(server);
    await end(sensor);
    rmSync(folder, {recursive: true});
});

const open = async (fragment = '') => {
    const opened = await blank(browser, url => url.startsWith(`http://127.0.0.1:${PORT}/`));

    await opened.page.goto(`http://127.0.0.1:${PORT}/${fragment}`);
    await isLive(opened.page);
    return opened;
};

test('while watch hears new clients they come by themselves, and what was open, typed, chosen and scrolled to stays', async () => {
    const {page, wrong, close} = await open();
    const fold = page.locator('#stories details').nth(2);
    const state = () => page.evaluate(() => [document.activeElement.id, document.activeElement.value, document.activeElement.selectionStart, scrollY]);

    const verdict = await page.locator('#clients tbody tr').first().getAttribute('data-verdict');
    await fold.locator('summary').click();
    const id = await fold.getAttribute('id');
    await page.locator(`.choose a[data-show="${verdict}"]`).click();
    await page.locator('#clients thead a', {hasText: 'Client'}).click();
    await page.locator('#search').fill('10.64');
    await page.locator('#search').press('ArrowLeft');
    await page.evaluate(() => scrollTo(0, 350));
    await shows(page, BEFORE);

    for (let round = 1; round <= ROUNDS; round++) {
        speak(BEFORE * round + 1, BEFORE);
        await shows(page, BEFORE * (round + 1));
        assert.ok(await page.locator(`[id="${id}"]`).evaluate(details => details.open), `round ${round}: the fold`);
        assert.equal(await page.locator('#stories details[open]').count(), 1);
        assert.deepEqual(await state(), ['search', '10.64', 4, 350], `round ${round}`);
        assert.match(page.url(), new RegExp(`#.*show=${verdict}`));
        assert.match(page.url(), /q=10\.64/);
        assert.ok(await page.locator('th[aria-sort=ascending][data-name=client]').isVisible());
    }
    assert.deepEqual(wrong, []);
    await close();
});

test('a search for a client that is not there yet finds it when watch hears it', async () => {
    const client = `10.64.0.${BEFORE * (ROUNDS + 1) + 1}`;
    const {page, close} = await open(`#q=${client}`);

    await shows(page, 0);
    speak(BEFORE * (ROUNDS + 1) + 1, 1);
    await page.locator('#clients tbody tr:visible .addr', {hasText: client}).waitFor();
    await close();
});
