// SPDX-License-Identifier: Apache-2.0
// The page of an interop run in a real browser, as a person uses it.
//   node check_interop.mjs INTEROP.html HOSTILE.html PICTURES
// INTEROP.html: at least one cell with a failure. HOSTILE.html: servers whose every text tries to break out of the page.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withBrowser } from './browser.mjs';

const [interopFile, hostileFile, pictures] = process.argv.slice(2);
const interop = pathToFileURL(resolve(interopFile)).href;
const hostile = pathToFileURL(resolve(hostileFile)).href;
const desk = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

mkdirSync(pictures, { recursive: true });
const picture = (page, name) => page.screenshot({ path: join(pictures, `${name}.png`) });
const shownPairs = page => page.locator('.pair:visible').count();

const tests = {
  async 'a cell leads to its pair, and a failure there to the octets and both dialogues'() {
    await withBrowser(desk, async open => {
      const page = await open(interop);
      await picture(page, 'interop-matrix');
      assert.equal(await shownPairs(page), 0);
      await page.locator('.cell.fail').first().click();
      assert.equal(await shownPairs(page), 1);
      const failure = page.locator('.pair:visible details', { has: page.locator('.verdict.fail') }).first();
      await failure.locator('summary').first().click();
      assert.ok(await failure.locator('mark').count() >= 1, 'no octets are marked');
      const titles = await failure.locator('figcaption').allTextContents();
      assert.ok(titles.some(one => one.startsWith('we to')) && titles.length >= 4, titles.join(' | '));
      assert.match(await failure.locator('figure pre').last().textContent(), /C: /);
      await failure.scrollIntoViewIfNeeded();
      await picture(page, 'interop-failure');
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'what passed is unpacked when it is opened'() {
    await withBrowser(desk, async open => {
      const page = await open(interop);
      await page.locator('.cell').first().click();
      const passed = page.locator('.pair:visible details', { has: page.locator('.verdict.pass') }).first();
      await passed.locator('summary').first().click();
      await passed.locator('figure').first().waitFor();
      assert.match(await passed.locator('pre').nth(1).textContent(), /C: MAIL FROM/);
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'an address opens a message'() {
    await withBrowser(desk, async open => {
      const first = await open(interop);
      const id = await first.locator('details.case').first().getAttribute('id');
      const page = await open(`${interop}#${encodeURIComponent(id)}`);
      assert.equal(await shownPairs(page), 1);
      assert.ok(await page.locator('details.case[open]').count() === 1);
      assert.equal(await page.locator('.cell[aria-current]').count(), 1);
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'by keyboard alone'() {
    await withBrowser(desk, async open => {
      const page = await open(interop);
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement.classList.contains('cell')));
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Enter');
      assert.equal(await shownPairs(page), 1);
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'without scripts: the matrix, every outcome, and all about a failure'() {
    await withBrowser({ ...desk, javaScriptEnabled: false }, async open => {
      const page = await open(interop);
      await page.locator('.cell.fail').first().click();
      assert.equal(await shownPairs(page), 1);
      const failure = page.locator('.pair:visible details', { has: page.locator('.verdict.fail') }).first();
      await failure.locator('summary').first().click();
      assert.ok(await failure.locator('mark').first().isVisible());
      assert.ok(await failure.locator('figure pre').last().isVisible());
    });
  },

  async 'in the dark, and on a phone'() {
    await withBrowser({ ...desk, colorScheme: 'dark' }, async open => {
      const page = await open(interop);
      await page.locator('.cell.fail').first().click();
      await picture(page, 'interop-dark');
    });
    await withBrowser(phone, async open => {
      const page = await open(interop);
      await picture(page, 'interop-phone');
      const wider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.ok(!wider, 'the page is wider than the phone');
    });
  },

  async 'nothing that a server sends gets out of its place'() {
    await withBrowser(desk, async open => {
      const page = await open(hostile);
      await page.locator('.cell').first().click();
      for (const details of await page.locator('.pair:visible > details').all()) await details.evaluate(one => { one.open = true; });
      await page.waitForFunction(() => !document.querySelector('.pair:target details[open][data-fragment]'));
      await page.waitForTimeout(200);
      assert.equal(await page.locator('img, svg, iframe, object').count(), 0);
      assert.deepEqual(page.complaints, []);
    });
  },
};

for (const [name, test] of Object.entries(tests)) {
  await test();
  console.log(`ok  ${name}`);
}
