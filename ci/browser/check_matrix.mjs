// SPDX-License-Identifier: Apache-2.0
// The page of a comparison in a real browser, as a person uses it.
//   node check_matrix.mjs MATRIX.html CHANGES.html HOSTILE.html PICTURES [PART OF A TEST'S NAME]
// MATRIX.html: many targets, whole suite. CHANGES.html: an old run and a new one of one target. HOSTILE.html: targets
// whose every text tries to break out of the page, the first one a server that was really asked.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withBrowser } from './browser.mjs';

const [matrixFile, changesFile, hostileFile, pictures, only] = process.argv.slice(2);
const matrix = pathToFileURL(resolve(matrixFile)).href;
const changes = pathToFileURL(resolve(changesFile)).href;
const hostile = pathToFileURL(resolve(hostileFile)).href;
const desk = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const most = { octets: 5e6, firstPaint: 1000, filter: 100 };  // what the page is meant to keep to
const cellsMeant = 12000;  // with so many cells: 1,000 cases by 12 targets
const tries = 3;  // what the processor does for others (caches, clock) only ever adds to a time: the smallest one counts
const patience = 30;  // this machine may be anything but quiet: by the clock only absurd times fail

mkdirSync(pictures, { recursive: true });
const picture = (page, name) => page.screenshot({ path: join(pictures, `${name}.png`) });

const figures = [];
function measured(name, milliseconds, meant) {
  figures.push(`${name} ${Math.round(milliseconds)} ms (meant: ${meant})`);
  assert.ok(milliseconds < meant * patience, `${name} took ${milliseconds} ms`);
}

// --- What the tests look at ---

const shownRows = page => page.locator('#matrix tbody:not([hidden]) tr[data-id]:not([hidden])').count();
const hash = page => new URLSearchParams(new URL(page.url()).hash.slice(1));
const panelTitle = page => page.locator('#panel h2').textContent();
const opened = page => page.locator('#panel .dialogue').waitFor();
const isOpen = page => page.locator('#panel').isVisible();

// Of the table itself, not of what the script made of it.
const rowsOf = page => page.$$eval('#matrix tr[data-id]', rows => rows.map(row => ({
  id: row.dataset.id,
  groups: row.dataset.groups,
  verdicts: [...row.cells].slice(1).map(cell => cell.className).join(''),
  texts: [...row.cells].slice(1).map(cell => cell.textContent.trim()),
})));
const namesOf = page => page.$$eval('#matrix thead th b', all => all.map(one => one.textContent));

// From the change of a control until the new picture stands.
const timeToFrame = (page, change) => page.evaluate(source => new Promise(done => {
  const began = performance.now();
  new Function(source)();
  requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = () => done(performance.now() - began); channel.port2.postMessage(0); });
}), change);

// The same in time of the processor, which does not hang on how busy the machine is: this must hold.
function worked(name, milliseconds, meant) {
  figures.push(`${name}, processor time ${Math.round(milliseconds)} ms (must: ${Math.round(meant)})`);
  assert.ok(milliseconds < meant, `${name} took ${milliseconds} ms of the processor`);
}

// Milliseconds of the processor that the page's main thread took so far.
async function workOf(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return 1000 * metrics.find(metric => metric.name === 'TaskDuration').value;
  };
}

// ... and that it took until the first contentful paint of an address, from a trace.
async function workUntilPaint(open, address) {
  const page = await open('about:blank');
  const client = await page.context().newCDPSession(page);
  const events = [];
  client.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const complete = new Promise(done => client.on('Tracing.tracingComplete', done));
  await client.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['blink.user_timing', 'loading', 'toplevel'] } });
  await page.goto(address);
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length);
  await client.send('Tracing.end');
  await complete;
  await page.close();
  const began = events.find(event => event.name === 'navigationStart' && event.args.data?.documentLoaderURL === address);
  const paint = events.find(event => event.name === 'firstContentfulPaint' && event.pid === began.pid);
  const tasks = events.filter(event => event.name === 'ThreadControllerImpl::RunTask' && event.pid === paint.pid && event.tid === paint.tid &&
    event.ts >= began.ts && event.ts < paint.ts);
  assert.ok(tasks.length > 0, 'the trace has no tasks');
  // Where the trace lacks the time of the processor, that of the clock is no less.
  return tasks.reduce((sum, task) => sum + (task.tdur ?? task.dur), 0) / 1000;
}

// A case that somebody fails, by a reply and not by what was delivered, and somebody passes.
async function telling(page) {
  const rows = await rowsOf(page);
  const judgedByReply = ({ texts }) => texts.findIndex(text => /^[✗!] \d{3}/.test(text));
  const row = rows.find(one => judgedByReply(one) >= 0 && one.verdicts.includes('p'));
  const column = judgedByReply(row);
  return { ...row, column, name: (await namesOf(page))[column] };
}
const cellAt = (page, id, column) => page.locator(`tr[data-id="${id}"] > td`).nth(column);

// By key: where the page runs no scripts, the driver may wait without end for a frame in which nothing moves before it
// clicks.
const enter = locator => locator.press('Enter');

// --- The tests ---

const tests = {
  async 'keeps to its size'() {
    const { size } = statSync(matrixFile);
    figures.push(`page ${size} octets (must: ${most.octets})`);
    assert.ok(size <= most.octets, `${size} octets`);
  },

  async 'opens in time'() {
    await withBrowser(desk, async open => {
      const page = await open(matrix);
      await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length);
      const [paint, ready] = await page.evaluate(() => [
        performance.getEntriesByName('first-contentful-paint')[0].startTime,
        performance.getEntriesByType('navigation')[0].loadEventEnd]);
      measured('first paint', paint, most.firstPaint);
      figures.push(`ready ${Math.round(ready)} ms`);
      assert.match(await page.locator('#count').textContent(), /^[\d,]+ cases$/);
      await picture(page, 'light');
      assert.deepEqual(page.complaints, []);
      await page.close();
      const works = [];
      for (let i = 0; i < tries; ++i) works.push(await workUntilPaint(open, matrix));
      worked('first paint', Math.min(...works), most.firstPaint);
    });
  },

  async 'filters, and each filter has an address'() {
    await withBrowser(desk, async open => {
      const page = await open(matrix);
      const rows = await rowsOf(page), names = await namesOf(page);
      const differing = rows.filter(row => /[1-9a-z]/.test(row.groups));
      await page.getByText('Differences', { exact: true }).click();
      assert.equal(await shownRows(page), differing.length);
      assert.equal(hash(page).get('show'), 'differences');
      await page.getByText('Only one differs').click();
      const odd = differing.filter(({ groups }) => /^[-0]*1[-0]*$/.test(groups) && /0.*0/.test(groups));
      assert.equal(await shownRows(page), odd.length);
      const last = names.length - 1;
      await page.locator('#target').selectOption(names[last]);
      assert.equal(await shownRows(page), odd.filter(({ groups }) => groups[last] === '1').length);
      assert.equal(hash(page).get('target'), names[last]);
      await page.goBack();
      assert.equal(await shownRows(page), odd.length);
      await page.goBack();
      assert.equal(await shownRows(page), differing.length);
      await page.goForward();
      assert.equal(await shownRows(page), odd.length);
      await page.locator('#clear').click();
      assert.equal(await shownRows(page), rows.length);
      await page.locator('#verdicts button', { hasText: 'fail' }).click();
      assert.equal(await shownRows(page), rows.filter(row => row.verdicts.includes('f')).length);
      await page.locator('#rfc').selectOption('5321');
      await page.locator('#words').fill('dot');
      await page.waitForFunction(() => location.hash.includes('q=dot'));  // the address follows the typing a little later
      assert.deepEqual(Object.fromEntries(hash(page)), { verdict: 'fail', rfc: '5321', q: 'dot' });
      const few = await shownRows(page);
      const again = await open(page.url());
      assert.equal(await shownRows(again), few);
      assert.equal(await again.locator('#words').inputValue(), 'dot');
      await again.locator('#words').fill('no such case');
      assert.equal(await shownRows(again), 0);
      assert.ok(await again.locator('#nothing').isVisible());
      assert.deepEqual([...page.complaints, ...again.complaints], []);
    });
  },

  async 'the column of a chosen target stays in sight'() {
    await withBrowser(desk, async open => {
      const page = await open(matrix);
      const heading = page.locator('#matrix thead th').last();
      const isInSight = async () => {
        const { x, width } = await heading.boundingBox();
        return x >= 0 && x + width <= desk.viewport.width + 1;
      };
      assert.equal(await isInSight(), false);
      await heading.evaluate(node => node.click());
      assert.equal(hash(page).get('target'), (await namesOf(page)).at(-1));
      assert.equal(await isInSight(), true);
      await heading.click();
      assert.equal(hash(page).get('target'), null);
      assert.equal(await isInSight(), false);
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'filters in time'() {
    await withBrowser(desk, async open => {
      const page = await open(matrix);
      const set = (show, words) => `document.querySelector('[name=show][value=${show}]').click();
        words.value = ${JSON.stringify(words)}; words.dispatchEvent(new Event('input'));`;
      const work = await workOf(page);
      const filters = [['differences', ''], ['alone', ''], ['all', 'r'], ['all', 're'], ['all', ''], ['differences', 'dot'], ['all', '']];
      const times = [], works = filters.map(() => []);
      for (let i = 0; i < tries; ++i) {
        for (const [at, [show, words]] of filters.entries()) {
          const before = await work();
          times.push(await timeToFrame(page, set(show, words)));
          works[at].push(await work() - before);
        }
      }
      measured('slowest filter', Math.max(...times), most.filter);
      const cells = await page.locator('#matrix tr[data-id] > td').count();
      worked('slowest filter', Math.max(...works.map(all => Math.min(...all))), most.filter * Math.max(1, cells / cellsMeant));
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'a cell opens beside another'() {
    await withBrowser(desk, async open => {
      const page = await open(matrix);
      const { id, column, name } = await telling(page);
      await cellAt(page, id, column).click();
      await opened(page);
      assert.deepEqual([hash(page).get('cell'), hash(page).get('of')], [id, name]);
      assert.match(await page.locator('#panel .headline').textContent(), /fail|warn/);
      assert.ok(await page.locator('#panel .requirements li').count() > 0);
      assert.equal(await page.locator('#panel .judged.left').count() > 0, true);
      assert.ok(await page.locator('#panel .failing').count() > 0);
      assert.ok(await page.locator('#panel .right.received').count() > 0);
      assert.ok(await page.locator('#panel .source .marked').count() > 0);
      assert.match(await page.locator('#panel .command pre').textContent(), new RegExp(`^smtpspec run .*${id}$`));
      await page.locator('#panel .command button').click();
      await page.locator('#panel .command button', { hasText: /Copied|Select/ }).waitFor();
      await picture(page, 'panel');
      const other = await page.locator('#beside option').last().getAttribute('value');
      await page.locator('#beside').selectOption(other);
      assert.equal(hash(page).get('beside'), (await namesOf(page))[other]);
      await page.locator('#panel .close').click();
      assert.equal(await isOpen(page), false);
      assert.equal(hash(page).get('cell'), null);
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'every cell of some rows opens'() {
    await withBrowser(desk, async open => {
      const page = await open(matrix);
      const rows = await rowsOf(page);
      for (let i = 0; i < rows.length; i += Math.ceil(rows.length / 60)) {
        const column = i % rows[i].groups.length;
        if (rows[i].verdicts[column] === 'n') continue;
        await page.evaluate(([id, at]) => change({ cell: { one: caseById.get(id), column: at } }), [rows[i].id, column]);
        await page.locator('#panel .id', { hasText: rows[i].id }).waitFor();
        await opened(page);
        assert.equal(await page.locator('#panel .command pre').textContent() !== '', true);
      }
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'a cell has an address'() {
    await withBrowser(desk, async open => {
      const page = await open(matrix);
      const { id, column, name } = await telling(page);
      await cellAt(page, id, column).click();
      await opened(page);
      const title = await panelTitle(page);
      const began = Date.now();
      const again = await open(page.url());
      await opened(again);
      measured('permalink to dialogue', Date.now() - began, 2000);
      assert.equal(await panelTitle(again), title);
      assert.equal(await again.locator('#panel .who').textContent(), name);
      assert.ok(await cellAt(again, id, column).isVisible());
      await page.goBack();
      assert.equal(await isOpen(page), false);
      await page.goForward();
      assert.equal(await isOpen(page), true);
      // The links that work without scripts lead to the same.
      const link = await cellAt(page, id, column).locator('a').getAttribute('href');
      const third = await open(matrix + link);
      await opened(third);
      assert.equal(await panelTitle(third), title);
      assert.deepEqual([...page.complaints, ...again.complaints, ...third.complaints], []);
    });
  },

  async 'tells what changed between old and new'() {
    await withBrowser(desk, async open => {
      const page = await open(changes);
      assert.match(await page.locator('h1').textContent(), /old and new/);
      const chip = page.locator('#changes button', { hasText: 'broken' });
      const count = Number((await chip.textContent()).match(/\d+/)[0]);
      await chip.click();
      assert.equal(await shownRows(page), count);
      assert.equal(hash(page).get('change'), 'broken');
      const [old, fresh] = await namesOf(page);
      const row = page.locator('#matrix tr[data-change=broken]').first();
      await row.locator('td').last().click();
      await opened(page);
      assert.equal(hash(page).get('of'), fresh);
      assert.match(await page.locator('#beside option:checked').textContent(), new RegExp(old));
      await picture(page, 'changes');
      await page.locator('#clear').click();
      assert.equal(await shownRows(page), (await rowsOf(page)).length);
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'works by keyboard'() {
    await withBrowser(desk, async open => {
      const page = await open(matrix);
      const at = () => page.evaluate(() => {
        const cell = document.activeElement.closest('td, th');
        return cell && [cell.parentNode.dataset.id ?? cell.parentNode.className, cell.cellIndex];
      });
      await page.keyboard.press('/');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'words');
      await page.keyboard.press('Escape');
      const [first] = await rowsOf(page);
      assert.deepEqual(await at(), [first.id, 1]);
      await page.keyboard.press('ArrowUp');
      assert.deepEqual(await at(), ['section', 1]);
      await page.keyboard.press('ArrowLeft');
      const closed = () => page.locator('#matrix tbody.closed').count();
      await page.keyboard.press('Enter');
      assert.equal(await closed(), 1);
      await page.keyboard.press('Enter');
      assert.equal(await closed(), 0);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('End');
      assert.deepEqual(await at(), [first.id, first.groups.length]);
      await page.keyboard.press('Control+End');
      assert.equal((await at())[0], (await rowsOf(page)).at(-1).id);
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await opened(page);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'panel');
      assert.equal(await page.locator('#panel').evaluate(panel => getComputedStyle(panel).outlineStyle), 'solid');
      await page.keyboard.press('Escape');
      assert.equal(await isOpen(page), false);
      assert.deepEqual(await at(), [first.id, 1]);
      assert.equal(await page.locator('#matrix :focus').evaluate(cell => getComputedStyle(cell).outlineStyle), 'solid');
      // An open panel follows the arrows.
      await page.keyboard.press('Enter');
      await opened(page);
      await page.locator('#matrix [aria-selected=true]').focus();
      await page.keyboard.press('ArrowRight');
      assert.equal(hash(page).get('of'), (await namesOf(page))[1]);
      // One stop of the tab key in the whole table.
      assert.equal(await page.locator('#matrix tbody [tabindex="0"]').count(), 1);
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'is a grid to assistive technology'() {
    await withBrowser(desk, async open => {
      const page = await open(matrix + '#rfc=821');
      await page.locator('#matrix tr[data-id] td').first().focus();
      const client = await page.context().newCDPSession(page);
      const { nodes } = await client.send('Accessibility.getFullAXTree');
      const count = role => nodes.filter(node => !node.ignored && node.role?.value === role).length;
      for (const role of ['grid', 'row', 'rowheader', 'columnheader', 'gridcell']) assert.ok(count(role) > 0, role);
      const focused = nodes.find(node => node.role?.value === 'gridcell' && node.properties?.some(one => one.name === 'focused' && one.value.value));
      assert.match(focused.name.value, /: (pass|warn|fail|info|unsupported)/);
    });
  },

  async 'shows what matters without scripts'() {
    await withBrowser({ ...desk, javaScriptEnabled: false }, async open => {
      const page = await open(matrix);
      const source = readFileSync(matrixFile, 'utf8');
      const judged = source.match(/<td class=[fw]>/g).length;
      assert.equal(await page.locator('#matrix td:is(.f, .w)').count(), judged);
      assert.equal(await page.locator('#findings details > summary > :is(.f, .w)').count(), judged);
      assert.equal(await page.locator('#findings details > pre').count(), await page.locator('#findings details').count());
      assert.equal(await page.locator('.filters').isVisible(), false);
      const cell = page.locator('#matrix td.f a').first();
      const target = await cell.getAttribute('href');
      await enter(cell);
      const details = page.locator(target);
      assert.ok(await details.locator('summary').isVisible());
      await enter(details.locator('summary'));
      assert.match(await details.locator('pre').innerText(), /^S: /m);
      await picture(page, 'no-script');
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'fits a phone'() {
    await withBrowser(phone, async open => {
      const page = await open(matrix);
      const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.equal(await tooWide(), 0);
      const { id, column } = await telling(page);
      await picture(page, 'phone');
      await cellAt(page, id, column).scrollIntoViewIfNeeded();
      await cellAt(page, id, column).tap();
      await opened(page);
      assert.equal(await tooWide(), 0);
      assert.equal((await page.locator('#panel').boundingBox()).width, 360);
      assert.equal(await page.locator('#panel').evaluate(panel => panel.scrollWidth - panel.clientWidth), 0);
      await page.locator('#panel .sides .right').tap();
      assert.ok(await page.locator('#panel .pair .right').first().isVisible());
      await page.locator('#panel .dialogue').scrollIntoViewIfNeeded();
      await picture(page, 'phone-panel');
      await page.goBack();
      assert.equal(await isOpen(page), false);
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'is dark where the reader wants it dark'() {
    await withBrowser({ ...desk, colorScheme: 'dark' }, async open => {
      const page = await open(matrix + '#show=differences');
      const [ink, paper] = await page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        return [style.color, style.backgroundColor].map(colour => colour.match(/\d+/g).slice(0, 3).reduce((sum, n) => sum + Number(n), 0));
      });
      assert.ok(ink > paper);
      await picture(page, 'dark');
      assert.deepEqual(page.complaints, []);
    });
  },

  async 'nothing that a target said gets out'() {
    for (const javaScriptEnabled of [true, false]) {
      await withBrowser({ ...desk, javaScriptEnabled }, async open => {
        const page = await open(hostile);
        const source = readFileSync(hostileFile, 'utf8');
        const misleading = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/u;
        assert.doesNotMatch(source, misleading);
        const scripts = source.match(/<script/g).length;
        assert.equal(source.match(/<\/script>/g).length, scripts);
        await enter(page.locator('#about summary'));
        assert.match(await page.locator('#about').innerText(), /<script>/);
        assert.match(await page.locator('#about').innerText(), /\\x1B\]0;owned/);
        assert.equal(await page.locator('script').count(), scripts);
        assert.equal(await page.locator('img, iframe, object, embed, link, base, svg').count(), 0);
        if (javaScriptEnabled) {
          for (const { id, verdicts } of await rowsOf(page)) {
            const column = verdicts.search(/[^n]/);
            await page.evaluate(([wanted, at]) => change({ cell: { one: caseById.get(wanted), column: at } }), [id, column]);
            await page.locator('#panel .command pre').waitFor();
            assert.equal(await page.locator('script').count(), scripts);
            assert.equal(await page.locator('#panel').evaluate(panel => panel.querySelectorAll('script, img, iframe, style').length), 0);
            assert.doesNotMatch((await page.locator('#panel').textContent()).replaceAll('\n', ''), misleading);
          }
        } else {
          for (const details of await page.locator('#findings details').all()) await enter(details.locator('summary'));
          assert.equal(await page.locator('#findings :is(script, img, iframe, style)').count(), 0);
        }
        assert.deepEqual(page.complaints, []);
      });
    }
  },

  async 'its policy stops what does get in'() {
    await withBrowser(desk, async open => {
      const page = await open(hostile);
      await page.evaluate(() => {
        document.body.insertAdjacentHTML('beforeend', '<img src="http://127.0.0.1:9/x" onerror="window.got = 1">');
        const script = document.createElement('script');
        script.textContent = 'window.got = 2';
        document.body.append(script);
      });
      await page.waitForFunction(() => document.images[0].complete);
      assert.equal(await page.evaluate(() => window.got), undefined);
    });
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests).filter(([name]) => !only || name.includes(only))) {
  const began = Date.now();
  try {
    await test();
    console.log(`ok      ${name} (${Date.now() - began} ms)`);
  } catch (failure) {
    ++failed;
    console.log(`FAILED  ${name}\n${failure.stack}`);
  }
}
console.log(figures.join('\n'));
process.exit(failed === 0 ? 0 : 1);
