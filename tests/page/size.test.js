// SPDX-License-Identifier: BSD-2-Clause
// size.test.js: the page of an inventory with CLIENTS clients, which FILL makes, as a file and served: what it weighs, and how long a
// person waits for the first paint, for a search and for the next page. The numbers are printed, not judged; how many bytes are.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {after, before, test} from 'node:test';

import {blank, hasNoViolation, isLive, launch} from './browser.js';
import {end, run, serveSomewhere} from './program.js';

const {FILL, POLICIES} = process.env, CLIENTS = Number(process.env.CLIENTS ?? 3000);
const AS_OF = '2025-12-07', ROWS_IN_FULL = 1000, ROWS_A_PAGE = 200, BYTES_MAX = 3e6;
const folder = mkdtempSync(`${tmpdir()}/size-`), inventory = `${folder}/i.db`;
let browser, server, port;

const say = (what, milliseconds, more = '') => console.log(`note: ${CLIENTS} clients, ${what}: ${Math.round(milliseconds)} ms${more}`);

before(async () => {
    execFileSync(FILL, [inventory, String(CLIENTS)], {stdio: 'ignore'});
    browser = await launch();
    ({server, port} = await serveSomewhere(inventory));
});
after(async () => {
    await browser?.close();
    await end(server);
    rmSync(folder, {recursive: true});
});

const open = async (address, options = {}) => {
    const opened = await blank(browser, url => /^(file|data):/.test(url) || url.startsWith(`http://127.0.0.1:${port}/`), options);
    const debug = await opened.page.context().newCDPSession(opened.page);

    await debug.send('Performance.enable', {timeDomain: 'threadTicks'}); // of a processor, whoever else uses it
    await opened.page.goto(address);
    return {...opened, debug};
};
// Milliseconds of a processor that the page has cost the browser's thread that lays out and runs it.
const cost = async debug => 1000 * (await debug.send('Performance.getMetrics')).metrics.find(({name}) => name === 'TaskDuration').value;
// A page that is loaded may not be painted yet.
const paint = async page => (await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)).jsonValue();
const ready = page => page.evaluate(() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd);
const rows = page => page.locator('#clients tbody tr:visible').count();

// From a person's act until the page shows what the view asks for, which then stands in its address: a search that is typed slowly has
// other answers before.
const until = async (page, view, act) => {
    const began = performance.now();

    await act();
    await page.waitForFunction(view => {
        const now = new URLSearchParams(location.search + location.hash.replace('#', '&'));
        return Object.entries(view).every(([key, value]) => now.get(key) === value);
    }, view);
    return performance.now() - began;
};

test('as a file: its weight, first paint, search', async () => {
    const began = performance.now();
    run('report', '--format', 'html', '--policy', POLICIES, '--as-of', AS_OF, '-o', `${folder}/page.html`, inventory);
    say('a file is made in', performance.now() - began);
    const {size} = statSync(`${folder}/page.html`);
    const {page, wrong, debug, close} = await open(`file://${folder}/page.html`);

    say('file, first paint', await paint(page), `, ${(size / 1e6).toFixed(2)} MB`);
    say('file, can be used', await ready(page));
    say('file, of a processor until then', await cost(debug));
    assert.equal(await rows(page), ROWS_IN_FULL);
    const before = await cost(debug);
    say('file, search', await until(page, {q: '10.0.1'}, () => page.locator('#search').fill('10.0.1')));
    assert.ok(await rows(page) < ROWS_IN_FULL);
    say('file, of a processor for that', await cost(debug) - before);
    assert.ok(CLIENTS > 10_000 || size < BYTES_MAX, `${size} bytes`);
    assert.deepEqual(wrong, []);
    await close();
});

test('served: first paint, search over all rows, the next page, an order, and nothing is lost', async () => {
    const {page, wrong, debug, close} = await open(`http://127.0.0.1:${port}/?as-of=${AS_OF}`);

    say('served, first paint', await paint(page));
    say('served, of a processor until then', await cost(debug));
    assert.equal(await rows(page), ROWS_A_PAGE);
    await page.evaluate(() => scrollTo(0, 400));
    say('served, next page', await until(page, {page: '2'}, () => page.getByRole('link', {name: 'Rows after these'}).click()));
    assert.match(await page.locator('.pages').first().textContent(), /Page 2 of/);
    await page.evaluate(() => scrollTo(0, 400));
    say('served, search', await until(page, {q: '10.0.1'}, () => page.locator('#search').pressSequentially('10.0.1')));
    assert.equal(await page.evaluate(() => scrollY), 400);
    assert.deepEqual(await page.evaluate(() => [document.activeElement.id, document.activeElement.value]), ['search', '10.0.1']);
    for (const text of await page.locator('#clients tbody tr').allTextContents())
        assert.match(text, /10\.0\.1/);
    say('served, a verdict', await until(page, {q: '10.0.1', show: 'exposed'}, () =>
        page.getByRole('link', {name: 'exposed', exact: true}).click()));
    assert.deepEqual([...new Set(await page.locator('#clients tbody .v').allTextContents())], ['exposed']);
    say('served, an order', await until(page, {q: '10.0.1', show: 'exposed', sort: 'client'}, () =>
        page.locator('#clients thead a', {hasText: 'Client'}).click()));
    assert.ok(await page.locator('th[aria-sort=ascending][data-name=client]').isVisible());
    assert.deepEqual(wrong, []);
    await close();
});

test('served: what is chosen before the answer to what was typed and chosen before is chosen of that', async () => {
    const {page, wrong, close} = await open(`http://127.0.0.1:${port}/`);
    let goOn;
    const allChosen = new Promise(resolve => { goOn = resolve; });

    await page.route('**/table?*', async route => {
        await allChosen;
        await route.continue();
    });
    await until(page, {q: '10.0.1', show: 'exposed', sort: 'client'}, async () => {
        await page.locator('#search').fill('10.0.1');
        await page.getByRole('link', {name: 'exposed', exact: true}).click();
        await page.locator('#clients thead a', {hasText: 'Client'}).click();
        goOn();
    });
    assert.equal(await page.locator('#search').inputValue(), '10.0.1');
    assert.deepEqual([...new Set(await page.locator('#clients tbody .v').allTextContents())], ['exposed']);
    assert.deepEqual(wrong, []);
    await close();
});

test('served: a link with a view in its fragment, made when all rows were on the page, opens it', async () => {
    const {page, close} = await open(`http://127.0.0.1:${port}/#q=10.0.1&show=exposed`);

    await page.waitForURL(/\?q=10\.0\.1&show=exposed/);
    assert.deepEqual([...new Set(await page.locator('#clients tbody .v').allTextContents())], ['exposed']);
    await close();
});

test('served, without JavaScript: the form searches, links choose, sort and page', async () => {
    const {page, wrong, close} = await open(`http://127.0.0.1:${port}/?as-of=${AS_OF}`, {javaScriptEnabled: false});

    await page.getByRole('link', {name: 'Rows after these'}).click();
    await page.waitForURL(/page=2/);
    assert.match(await page.locator('.pages').textContent(), /Page 2 of/);
    await page.locator('#search').fill('10.0.1');
    await page.getByRole('button', {name: 'Search'}).click();
    await page.waitForURL(/q=10\.0\.1/);
    await page.getByRole('link', {name: 'exposed', exact: true}).click();
    await page.waitForURL(/q=10\.0\.1.*show=exposed/);
    await page.getByRole('link', {name: 'Client', exact: true}).click();
    await page.waitForURL(new RegExp(`as-of=${AS_OF}.*q=10\\.0\\.1.*show=exposed.*sort=client`));
    for (const text of await page.locator('#clients tbody tr').allTextContents())
        assert.match(text, /10\.0\.1.*exposed/s);
    assert.deepEqual(wrong, []);
    await close();
});

test('served: what is new leaves view, open fold, place and what was typed', async () => {
    const {page, wrong, close} = await open(`http://127.0.0.1:${port}/?q=10.0.1&sort=client`);
    const fold = page.locator('#stories details').nth(1), id = await fold.getAttribute('id');

    await isLive(page);
    await fold.locator('summary').click();
    await page.locator('#search').focus();
    await page.evaluate(() => { scrollTo(0, 500); document.querySelector('header').dataset.old = ''; });
    run('read', '-o', inventory, process.env.CAPTURE);
    await page.waitForFunction(() => document.querySelector('header').dataset.old === undefined);

    assert.ok(await page.locator(`[id="${id}"]`).evaluate(details => details.open));
    assert.deepEqual(await page.evaluate(() => [document.activeElement.id, document.activeElement.value, scrollY]), ['search', '10.0.1', 500]);
    assert.match(page.url(), /q=10\.0\.1&sort=client/);
    assert.ok(await page.locator('th[aria-sort=ascending][data-name=client]').isVisible());
    assert.deepEqual(wrong, []);
    await close();
});

// axe takes its time: one of them has as many rows as a page may have, one the few of a last page
for (const [path, colorScheme, width] of [['', 'dark', 1366], ['?q=0.10&sort=-last_seen&page=2', 'light', 360], ['host/10.0.0.1', 'light', 1366]])
    test(`served, /${path}, ${colorScheme}, ${width} pixels: no violation of axe's rules, nothing wider than the window`, async () => {
        const {page, wrong, close} = await open(`http://127.0.0.1:${port}/${path}`, {colorScheme, viewport: {width, height: 900}});

        assert.ok(await rows(page) > 0);
        await hasNoViolation(page);
        assert.equal(await page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth, 0)), 0);
        assert.deepEqual(wrong, []);
        await close();
    });
