// What one target did in one case, beside what another did.

const panel = byId('panel');
let opened = '';  // what the panel shows
let openings = 0;

function showPanel() {
  const { cell } = state;
  const was = active;
  document.body.classList.toggle('open', !!cell);
  panel.hidden = !cell;
  for (const marked of table.querySelectorAll('[aria-selected=true]')) marked.removeAttribute('aria-selected');
  if (!cell) {
    opened = '';
    document.title = firstTitle;
    return;
  }
  const node = cellOf(cell.one, cell.column);
  node.setAttribute('aria-selected', 'true');
  if (was !== node) activate(node, table.contains(document.activeElement));
  const wanted = `${cell.one.index} ${cell.column} ${state.beside}`;
  if (wanted === opened) return;
  opened = wanted;
  document.title = `${names[cell.column]}: ${cell.one.id}`;
  fillPanel(cell, ++openings);
}

const firstTitle = document.title;

async function fillPanel(cell, opening) {
  let details;
  try {
    details = await detailsOf(cell.one);
  } catch (failure) {
    panel.replaceChildren(panelBar(cell), element('p', { class: 'note' },
      `The dialogues cannot be unpacked here (${failure.message}). Without scripts this page shows those of every fail and warn.`));
    return;
  }
  if (opening !== openings) return;  // another was opened meanwhile
  const view = viewOf(cell, details);
  panel.replaceChildren(panelBar(cell), panelBody(view));
  panel.scrollTop = 0;
}

function viewOf(cell, { row, phrases, requirements }) {
  const beside = state.beside >= 0 && state.beside !== cell.column && row.cells[state.beside]
    ? state.beside : otherFor(cell, row);
  const sideOf = column => {
    const data = row.cells[column];
    return data && { column, name: names[column], data, read: readerOf(phrases, readerOf(phrases, '')(data.token)) };
  };
  return { one: cell.one, row, phrases, requirements, text: readerOf(phrases, ''), here: sideOf(cell.column), there: sideOf(beside) };
}

// Somebody who did otherwise, best with a pass; else anybody.
function otherFor({ one, column }, row) {
  const { groups } = one;
  const rank = i =>
    (groups[i] !== '-' && groups[i] !== groups[column] ? 0 : 4) + (verdictsOf(one)[i] === 'p' ? 0 : 2) +
    (groups[i] === '0' ? 0 : 1);
  const others = names.map((_, i) => i).filter(i => i !== column && row.cells[i]);
  return others.length ? others.reduce((best, i) => (rank(i) < rank(best) ? i : best)) : -1;
}

function closePanel() {
  const node = state.cell && cellOf(state.cell.one, state.cell.column);
  change({ cell: null });
  if (node) activate(node);
}

function focusPanel() {
  panel.focus();
}

// --- The bar ---

function nextCase(step) {
  const { one, column } = state.cell;
  for (let i = one.index + step; cases[i]; i += step) {
    if (cases[i].shown && cellOf(cases[i], column).className !== 'n') return cases[i];
  }
  return null;
}

function stepTo(step) {
  const one = nextCase(step);
  if (!one) return;
  change({ cell: { one, column: state.cell.column } }, true);
  active.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

const button = (label, text, click, more = {}) =>
  element('button', { type: 'button', 'aria-label': label, title: label, click, ...more }, text);

function panelBar(cell) {
  return element('div', { class: 'bar' },
    element('b', { class: 'who' }, names[cell.column]),
    element('span', { class: 'tools' },
      button('Case above', '↑', () => stepTo(-1), { disabled: !nextCase(-1) }),
      button('Case below', '↓', () => stepTo(1), { disabled: !nextCase(1) }),
      copyButton('Copy link to this cell', 'Copy link', () => location.href),
      button('Close (Esc)', '✕', closePanel, { class: 'close' })));
}

function copyButton(label, text, what) {
  const made = button(label, text, async () => {
    const done = await copy(what());
    made.textContent = done ? 'Copied' : 'Select and copy it';
    setTimeout(() => { made.textContent = text; }, 1500);
  });
  return made;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element('textarea', { class: 'offscreen' });
    field.value = text;
    panel.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

// --- The body ---

function panelBody(view) {
  const { one, here } = view;
  return element('div', { class: 'body' },
    element('h2', { id: 'panel-title' }, view.text(view.row.title) || one.id),
    element('p', { class: 'id' }, element('code', {}, one.id)),
    headline(view),
    findings(view),
    requirementList(view),
    view.row.why !== undefined && element('p', { class: 'why' }, view.text(view.row.why)),
    dialogues(view),
    scenarioSource(view),
    leftBehind(view),
    element('h3', {}, 'Run it again'),
    element('div', { class: 'command' }, element('pre', {}, here.read(here.data.command)),
      copyButton('Copy the command', 'Copy', () => here.read(here.data.command))));
}

const badge = letter =>
  element('b', { class: `badge ${letter}` }, `${verdicts[letter].glyph} ${verdicts[letter].word}`);

function headline({ here }) {
  const letter = letterOf(here.read(here.data.verdict));
  const did = [here.read(here.data.label), here.read(here.data.answer)].filter(Boolean);
  return element('p', { class: 'headline' }, badge(letter), ' ', did.join(' · ') || verdicts[letter].means);
}

function fact(name, text) {
  return text ? [element('dt', {}, name), element('dd', {}, shownLines(text))] : [];
}

function findings({ row, here, text }) {
  const { data, read } = here;
  const list = (data.findings ?? []).map(finding => ({ ...finding, letter: letterOf(read(finding.verdict)) }));
  const shown = list.filter((finding, i) => 'fwbce'.includes(finding.letter) || i === 0);
  const made = shown.map((finding, i) => element('section', { class: `finding ${finding.letter}` },
    read(finding.message) !== read(data.label) &&
      element('p', {}, i > 0 && `also ${read(finding.verdict)}: `, read(finding.message)),
    element('dl', {}, fact('expected', read(finding.expected)), fact('actual', read(finding.actual)),
      read(finding.outcome) !== read(data.label) ? fact('outcome', read(finding.outcome)) : [],
      finding.line ? fact('at', `${text(row.file)}:${finding.line}`) : [])));
  if (data.reason !== undefined)
    made.unshift(element('section', { class: 'finding u' }, element('p', {}, shownLines(read(data.reason)))));
  return made;
}

function requirementList({ row, requirements, here, text }) {
  const worse = here.data.requirements ?? {};
  const ids = [...new Set([...(row.covers ?? []).map(text), ...Object.keys(worse)])];
  if (!ids.length) return null;
  return element('ul', { class: 'requirements' }, ids.map(id => {
    const [level, rfc, section, gist] = requirements[id] ?? [];
    const letter = worse[id] ? letterOf(here.read(worse[id])) : here.data.verdict && letterOf(here.read(here.data.verdict)) === 'p' ? 'p' : '';
    return element('li', {},
      letter && element('b', { class: letter, title: verdicts[letter].word }, verdicts[letter].glyph + ' '),
      level && element('strong', {}, level + ' '), gist ?? '', ' ',
      element('small', {}, rfcLink(rfc, section), ' ', element('code', {}, id)));
  }));
}

function rfcLink(rfc, section) {
  if (!rfc) return null;
  const text = `RFC ${rfc} §${section}`;
  if (!/^\d+$/.test(rfc) || !/^[\d.]+$/.test(section)) return text;
  return element('a', {
    href: `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`, rel: 'noreferrer noopener', target: '_blank',
  }, text);
}

// --- The scenario ---

function scenarioSource({ row, here, text }) {
  if (!row.source?.length) return null;
  const marks = new Map();
  for (const finding of here.data.findings ?? [])
    if (finding.line && !marks.has(finding.line)) marks.set(finding.line, letterOf(here.read(finding.verdict)));
  return [
    element('h3', {}, 'Scenario ', element('small', {}, `${text(row.file)}:${row.line}`)),
    element('pre', { class: 'source' }, row.source.map((line, i) => {
      const letter = marks.get(row.line + i);
      return element('span', { class: letter ? `marked ${letter}` : '' },
        element('i', {}, String(row.line + i)), text(line) + '\n');
    })),
  ];
}

function leftBehind({ here }) {
  const { data, read } = here;
  const made = (data.delivered ?? []).map((message, i) => element('details', {},
    element('summary', {}, `Delivered message ${i + 1} of ${data.deliveredCount}, ${message.octets} octets`),
    element('pre', {}, (message.lines ?? []).map(line => read(line)).join('\n'))));
  if (data.log)
    made.push(element('details', {}, element('summary', {}, `${here.name}'s log`),
      element('pre', {}, data.log.map(line => read(line)).join('\n'))));
  return made;
}
