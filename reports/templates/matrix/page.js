'use strict';
// The table as the scripts see it. Everything that a target said reaches the page by textContent alone.

const byId = id => document.getElementById(id);
const table = byId('matrix');
const scroller = byId('scroller');
const headings = [...table.tHead.rows[0].cells].slice(1);
const names = headings.map(heading => heading.querySelector('b').textContent);

const verdicts = {
  f: { word: 'fail', glyph: '✗', means: 'A MUST or a plain statement of the RFC was broken' },
  w: { word: 'warn', glyph: '!', means: 'A SHOULD was not followed, or the right class with another code' },
  c: { word: 'crash', glyph: '†', means: 'The target died or stopped accepting connections' },
  b: { word: 'blocked', glyph: '□', means: 'Could not be judged' },
  e: { word: 'error', glyph: '?', means: 'Our side' },
  i: { word: 'info', glyph: '○', means: 'The RFC leaves it open; the outcome is recorded' },
  u: { word: 'unsupported', glyph: '–', means: 'The target proved that it does not offer what is needed' },
  p: { word: 'pass', glyph: '✓', means: 'Every assertion held' },
};
const letterOf = word => word[0];
// Of a case, between an old run and a new one.
const changeKinds = ['broken', 'changed', 'fixed', 'gone', 'new'];

// One element, its attributes (a function is a listener), its children: elements and texts.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

// The cases, in the order of the page.
const cases = [];
const sections = [];
for (const body of table.tBodies) {
  const section = { body, rfc: body.dataset.rfc, number: body.dataset.section, cases: [], scenarios: [] };
  let scenario = null;
  for (const row of body.rows) {
    if (row.className === 'section') section.heading = row;
    else if (row.className === 'scenario') section.scenarios.push(scenario = { row, cases: [] });
    else {
      const one = { row, index: cases.length, id: row.dataset.id, groups: row.dataset.groups,
        change: row.dataset.change ?? '', section };
      if (!row.cells[0].classList.contains('one')) scenario = null;
      if (scenario) scenario.cases.push(one);
      one.scenario = scenario;
      section.cases.push(one);
      cases.push(one);
    }
  }
  sections.push(section);
}
const caseOfRow = new Map(cases.map(one => [one.row, one]));
const caseById = new Map(cases.map(one => [one.id, one]));

// The letters of a case's verdicts, one a column.
function verdictsOf(one) {
  return one.verdicts ??= Array.from(one.row.cells, cell => cell.className).slice(1).join('');
}

const titleOf = one => (one.scenario ? one.scenario.row : one.row.cells[0]).textContent.trim();

// What the filters search in.
function wordsOf(one) {
  return one.words ??= `${one.id} ${titleOf(one)} ${one.row.dataset.covers || ''} rfc ${one.section.rfc} ${
    one.section.number}`.toLowerCase();
}
