// Which cases are seen.

const controls = {
  words: byId('words'), target: byId('target'), rfc: byId('rfc'), count: byId('count'), clear: byId('clear'),
  nothing: byId('nothing'), shows: [...document.querySelectorAll('input[name=show]')],
  chips: byId('verdicts'), changes: byId('changes'),
};

// How many of the others did as this one did, and how many did not.
function company(groups, column) {
  let same = 0, other = 0;
  for (let i = 0; i < groups.length; ++i) {
    if (i === column || groups[i] === '-') continue;
    if (groups[i] === groups[column]) ++same; else ++other;
  }
  return { same, other };
}

const differs = groups => /[^0-]/.test(groups);

// All others agree, and there are at least two of them.
const isOddOneOut = (groups, column) =>
  groups[column] === '1' && !/[^-01]/.test(groups) && groups.split('1').length === 2 &&
  groups.split('0').length > 2;

function isShown(one, wanted, words) {
  const { groups } = one;
  const x = wanted.target;
  if (wanted.show !== 'all') {
    if (!differs(groups) || (x >= 0 && groups[x] === '-')) return false;
    if (wanted.show === 'alone') {
      if (x >= 0 ? !isOddOneOut(groups, x) : !names.some((_, i) => isOddOneOut(groups, i))) return false;
    } else if (x >= 0) {
      const { same, other } = company(groups, x);
      if (same >= other) return false;
    }
  }
  if (wanted.rfc) {
    const [rfc, number] = wanted.rfc.split('/');
    if (one.section.rfc !== rfc || (number && one.section.number !== number)) return false;
  }
  if (wanted.changes.length && !wanted.changes.includes(one.change)) return false;
  if (wanted.verdicts.length) {
    const seen = x >= 0 ? verdictsOf(one)[x] : verdictsOf(one);
    if (!wanted.verdicts.some(letter => seen.includes(letter))) return false;
  }
  return words.every(word => wordsOf(one).includes(word));
}

function hide(row, hidden) {
  if (row.hidden !== hidden) row.hidden = hidden;
}

// The column of the chosen target stays in sight beside the names of the cases. The rule is added by script
// because its number is not known before; the page's policy allows that, but no style written into it.
let pinned = -1;
function pin(column) {
  headings.forEach((heading, i) => heading.toggleAttribute('data-chosen', i === column));
  if (column === pinned) return;
  const [sheet] = document.styleSheets;
  if (pinned >= 0) sheet.deleteRule(sheet.cssRules.length - 1);
  if (column >= 0)
    sheet.insertRule(`#matrix tr > :nth-child(${column + 2}) { position: sticky; left: var(--pin); right: 0; z-index: 1; background-color: var(--under, var(--paper)); border-inline: 1px solid var(--line); }`,
      sheet.cssRules.length);
  pinned = column;
}

// A section with nothing to show is hidden; of another, the browser is told about how high it is.
function showSection(section) {
  let rows = 1;
  for (const scenario of section.scenarios) {
    const shown = scenario.cases.some(one => one.shown);
    hide(scenario.row, !shown);
    if (shown) ++rows;
  }
  for (const one of section.cases) if (one.shown) ++rows;
  hide(section.body, rows === 1);
  section.body.style.setProperty('--rows', section.body.classList.contains('closed') ? 1 : rows);
}

let filtered = '';  // what the rows show now

function filterRows() {
  const { show: shown, target, verdicts: some, changes, rfc, words } = state;
  const wanted = JSON.stringify([shown, target, some, changes, rfc, words]);
  if (wanted === filtered) return;
  filtered = wanted;
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const one of cases) {
    one.shown = isShown(one, state, parts);
    hide(one.row, !one.shown);
    if (one.shown) ++count;
  }
  // Sections in view before may not be so after: without this all of them would be laid out in full first.
  table.classList.add('settling');
  for (const section of sections) showSection(section);
  table.offsetHeight;
  table.classList.remove('settling');
  const all = cases.length.toLocaleString('en');
  controls.count.textContent = count === cases.length ? `${all} cases` : `${count.toLocaleString('en')} of ${all} cases`;
  controls.nothing.hidden = count > 0;
}

function showFilters() {
  filterRows();
  for (const input of controls.shows) input.checked = input.value === state.show;
  if (controls.words.value !== state.words) controls.words.value = state.words;
  controls.target.value = String(state.target);
  controls.rfc.value = state.rfc;
  for (const chip of controls.chips.children)
    chip.setAttribute('aria-pressed', state.verdicts.includes(chip.dataset.verdict));
  for (const chip of controls.changes.children)
    chip.setAttribute('aria-pressed', state.changes.includes(chip.dataset.change));
  pin(state.target);
  controls.clear.hidden = addressOf({ ...state, cell: null }) === '#';
}

const noFilters = () => ({ show: 'all', target: -1, verdicts: [], changes: [], rfc: '', words: '' });

// --- The controls ---

function fillChips() {
  const present = new Set(cases.flatMap(one => [...verdictsOf(one)]));
  for (const [letter, { word, glyph, means }] of Object.entries(verdicts)) {
    if (!present.has(letter)) continue;
    controls.chips.append(element('button', {
      type: 'button', class: letter, 'data-verdict': letter, 'aria-pressed': 'false', title: means,
      click: () => change({ verdicts: toggled(state.verdicts, letter) }),
    }, element('b', {}, glyph), ' ' + word));
  }
  for (const kind of changeKinds) {
    const count = cases.filter(one => one.change === kind).length;
    if (count > 0) controls.changes.append(element('button', {
      type: 'button', 'data-change': kind, 'aria-pressed': 'false',
      click: () => change({ changes: toggled(state.changes, kind) }),
    }, `${kind} ${count}`));
  }
}

const toggled = (list, one) => (list.includes(one) ? list.filter(each => each !== one) : [...list, one]);

function fillChoices() {
  names.forEach((name, i) => controls.target.append(element('option', { value: i }, name)));
  let group = null, last = null;
  for (const { rfc, number } of sections) {
    if (!rfc) continue;
    if (rfc !== last) {
      group = element('optgroup', { label: /^\d+$/.test(rfc) ? `RFC ${rfc}` : rfc });
      group.append(element('option', { value: rfc }, `${group.label}, all of it`));
      controls.rfc.append(group);
      last = rfc;
    }
    if (number) group.append(element('option', { value: `${rfc}/${number}` }, `§${number}`));
  }
}

function startFilters() {
  headings.forEach((heading, i) => {
    heading.title = 'Show what this target does; once more for any target';
    heading.addEventListener('click', () => change({ target: state.target === i ? -1 : i }));
  });
  if (names.length < 3) controls.shows[2].parentNode.hidden = true;
  fillChips();
  fillChoices();
  controls.words.addEventListener('input', () => change({ words: controls.words.value }, true));
  controls.target.addEventListener('change', () => change({ target: Number(controls.target.value) }));
  controls.rfc.addEventListener('change', () => change({ rfc: controls.rfc.value }));
  for (const input of controls.shows)
    input.addEventListener('change', () => change({ show: input.value }));
  controls.words.form.addEventListener('submit', event => event.preventDefault());
  controls.clear.addEventListener('click', () => change(noFilters()));
  byId('fold').addEventListener('click', () => {
    const close = sections.some(section => !section.body.classList.contains('closed'));
    for (const section of sections) fold(section, close);
    byId('fold').textContent = close ? 'Open all' : 'Close all';
  });
}

function fold(section, closed) {
  section.body.classList.toggle('closed', closed);
  section.heading.cells[0].setAttribute('aria-expanded', !closed);
  showSection(section);
}
