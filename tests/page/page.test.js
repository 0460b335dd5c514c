// SPDX-License-Identifier: BSD-2-Clause
// page.test.js: what a person does with the page, in a real browser. PAGES is the folder that pages.py has filled.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {gunzipSync} from 'node:zlib';

import {blank, hasNoViolation, launch} from './browser.js';

const {PAGES, PICTURES} = process.env;
let browser;

before(async () => { browser = await launch(); });
after(async () => browser?.close());

// Opens a page as a file.
const open = async (name, {fragment = '', ...options} = {}) => {
    const opened = await blank(browser, url => url.startsWith('file:') || url.startsWith('data:'), options);

    await opened.page.goto(`file://${PAGES}/${name}.html${fragment}`);
    return opened;
};
const shown = page => page.locator('#clients tbody tr:visible');
const texts = async (page, column) => page.locator(`#clients tbody tr:visible td:nth-child(${column})`).allTextContents();

// axe takes its time: each page once, in the theme and width that the row says
for (const [name, colorScheme, width] of [['real', 'light', 1366], ['real', 'dark', 360], ['hostile', 'dark', 1366], ['nothing', 'light', 360]])
    test(`${name}, ${colorScheme}, ${width} pixels: no violation of axe's rules`, async () => {
        const {page, wrong, close} = await open(name, {colorScheme, viewport: {width, height: 900}});

        await hasNoViolation(page);
        assert.deepEqual(wrong, []);
        await close();
    });

// How much wider than a window of that width the page is, and each of its tables than its place.
const wider = async (page, width) => {
    await page.setViewportSize({width, height: 900});
    await page.waitForFunction(width => innerWidth === width, width);
    return page.evaluate(() => [document.documentElement.scrollWidth - innerWidth,
        ...[...document.querySelectorAll('.cards')].map(table => table.scrollWidth - table.parentElement.clientWidth)].filter(pixels => pixels > 0));
};
const A4_PIXELS = 703; // 186 mm between the margins

for (const name of ['real', 'hostile', 'nothing'])
    test(`${name}: nothing is wider than the window, of a phone, a laptop and a large screen, all folds open, nor than paper`, async () => {
        const {page, wrong, close} = await open(name);

        await page.evaluate(() => document.querySelectorAll('details').forEach(fold => { fold.open = true; }));
        for (const width of [320, 360, 768, 840, 1024, 1130, 1280, 1366, 1500, 1920, 3840])
            assert.deepEqual(await wider(page, width), [], `${width}`);
        await page.emulateMedia({media: 'print'});
        assert.deepEqual(await wider(page, A4_PIXELS), [], 'paper');
        assert.deepEqual(wrong, []);
        await close();
    });

test('a hostile name is text', async () => {
    const {page, wrong, close} = await open('hostile');

    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.locator('script').count(), 1);
    assert.doesNotMatch(await page.title(), /owned/);
    assert.ok((await page.locator('body').textContent()).includes('<script>document.title="owned"</script>'));
    assert.deepEqual(wrong, []);
    await close();
});

test('without JavaScript all is there, and no control that would do nothing', async () => {
    const {page, close} = await open('real', {javaScriptEnabled: false});
    const rows = await page.locator('#clients tbody tr').count();

    assert.ok(rows > 0);
    assert.equal(await shown(page).count(), rows);
    assert.equal(await page.locator('input:visible, button:visible').count(), 0);
    await page.locator('#stories details').first().locator('summary').click();
    await page.locator('#stories details').first().locator('dl').first().waitFor();
    await close();
});

test('search leaves the rows that have all words, and its link opens the same view', async () => {
    const {page, wrong, close} = await open('real');

    await page.locator('#search').fill('mail.example legacy');
    for (const text of await shown(page).allTextContents())
        assert.match(text, /mail\.example.*legacy/s);
    const found = await shown(page).count(), all = await page.locator('#clients tbody tr').count();
    assert.ok(found > 0 && found < all);
    const fragment = new URL(page.url()).hash;
    await close();

    const again = await open('real', {fragment});
    assert.equal(await shown(again.page).count(), found);
    assert.equal(await again.page.locator('#search').inputValue(), 'mail.example legacy');
    await again.close();
    assert.deepEqual([...wrong, ...again.wrong], []);
});

test('a verdict is chosen by its link, and a second one takes its place', async () => {
    const {page, close} = await open('real');

    for (const verdict of ['exposed', 'legacy']) {
        await page.getByRole('link', {name: verdict, exact: true}).click();
        assert.equal(await page.getByRole('link', {name: verdict, exact: true}).getAttribute('aria-current'), 'true');
        assert.deepEqual([...new Set(await page.locator('#clients tbody tr:visible .v').allTextContents())], [verdict]);
    }
    await close();
});

test('a heading sorts, and the other way round when it is used again', async () => {
    const {page, close} = await open('real');
    const order = new Intl.Collator('en', {numeric: true}).compare;

    await page.getByRole('link', {name: 'Client', exact: true}).click();
    const up = await texts(page, 1);
    assert.deepEqual(up, [...up].sort(order));
    await page.getByRole('link', {name: 'Client', exact: true}).click();
    const down = await texts(page, 1);
    assert.deepEqual(down, [...down].sort((a, b) => order(b, a)));
    await close();
});

test('the link of a client opens its fold', async () => {
    const {page, close} = await open('real');
    const link = page.locator('#clients tbody a').first();
    const facts = page.locator(`[id="${(await link.getAttribute('href')).slice(1)}"] dl`).first();

    assert.equal(await facts.isVisible(), false);
    await link.click();
    await facts.waitFor(); // the browser tells the page of its new fragment after the click
    await close();
});

test('all rows are downloaded as CSV, without JavaScript too', async () => {
    const {page, close} = await open('real', {javaScriptEnabled: false, acceptDownloads: true});
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('All rows as CSV').click()]);
    const text = gunzipSync(readFileSync(await download.path())).toString();

    assert.equal(download.suggestedFilename(), 'clients.csv.gz');
    assert.match(text, /^client,/);
    await close();
});

test('a filter for Wireshark is copied', async () => {
    const {page, close} = await open('real');

    await page.locator('#stories summary').first().click();
    const button = page.locator('#stories .copy:visible').first();
    const filter = await button.evaluate(button => button.previousElementSibling.textContent);
    // the word stands there for a moment: whoever looks now and then may miss it
    const said = await button.evaluateHandle(button => {
        const words = [];
        new MutationObserver(() => words.push(button.textContent)).observe(button, {childList: true});
        return words;
    });
    await button.click();
    await page.waitForFunction(words => words[0] === 'copied', said);
    await page.locator('#search').focus();
    await page.keyboard.press('Control+V');
    await page.waitForFunction(filter => document.activeElement.value === filter, filter);
    await close();
});

test('the keyboard alone reaches the clients, the search and a fold', async () => {
    const {page, close} = await open('real');

    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#clients$/);
    await page.locator('#search').focus();
    await page.keyboard.type('10.9');
    await page.waitForURL(/#q=10\.9$/);
    for (const text of await shown(page).allTextContents())
        assert.match(text, /10\.9/);
    assert.ok(await shown(page).count() > 0);
    await page.locator('#stories summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('#stories dl').first().waitFor();
    await close();
});

test('printed, it has the table and none of the controls', async () => {
    const {page, close} = await open('real');

    await page.emulateMedia({media: 'print'});
    assert.equal(await page.locator('.tools').isVisible(), false);
    assert.ok(await page.locator('#clients table').isVisible());
    assert.ok((await page.pdf({format: 'A4'})).subarray(0, 5).equals(Buffer.from('%PDF-')));
    await close();
});

// of docs/page.md: only as many as a reader needs
for (const [name, colorScheme, width, height, part] of PICTURES ? [['first-screen', 'light', 1000, 760], ['clients', 'dark', 1280, 560, '#clients'],
    ['phone', 'light', 360, 640]] : [])
    test(`a picture: ${name}, ${colorScheme}, ${width} pixels`, async () => {
        const {page, close} = await open('picture', {colorScheme, viewport: {width, height}});

        await page.evaluate(selector => selector && document.querySelector(selector).scrollIntoView(), part);
        await page.screenshot({path: `${PICTURES}/${name}.png`});
        await close();
    });
