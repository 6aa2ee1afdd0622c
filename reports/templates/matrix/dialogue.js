// Two dialogues side by side, step by step of the scenario.

// A line ending that is as it should be is dim, another is not.
function shownLines(text) {
  return text.split('\n').flatMap((line, i) => {
    const [, said, ending] = line.match(/^(.*?)((?:\\r|\\n)*)$/s);
    return [i > 0 && '\n', said,
      ending && element('span', { class: ending === '\\r\\n' ? 'eol' : 'eol odd' }, ending)];
  });
}

function chooser({ row, here, there }) {
  const choices = names.map((name, i) => i !== here.column && row.cells[i] &&
    element('option', { value: i, selected: i === there?.column },
      `${verdicts[letterOf(cellOf(state.cell.one, i).className)]?.glyph ?? ''} ${name}`));
  return element('select', {
    'aria-label': 'The target beside it', id: 'beside',
    change: event => change({ beside: Number(event.target.value) }, true),
  }, choices);
}

function dialogues(view) {
  const { here, there } = view;
  const left = sessionsOf(here.data, here.read);
  const right = there ? sessionsOf(there.data, there.read) : [];
  const box = element('div', { class: 'dialogue' + (there ? ' two' : ''), 'data-side': 'left' });
  const side = (name, label) => button(`Show ${label}`, label, () => { box.dataset.side = name; }, { class: `side ${name}` });
  box.append(element('div', { class: 'heads' },
    element('div', { class: 'left' }, badge(letterOf(here.read(here.data.verdict))), ' ', here.name),
    there && element('div', { class: 'right' }, badge(letterOf(there.read(there.data.verdict))), ' ', chooser(view))));
  if (there) box.prepend(element('div', { class: 'sides' }, side('left', here.name), side('right', there.name)));
  for (const [a, b] of alignSessions(left, right)) box.append(...sessionRows(view, a, b));
  if (!left.length && !right.length) box.append(element('p', { class: 'note' }, 'No dialogue belongs to this case.'));
  return [element('h3', {}, 'Dialogue'), box];
}

function sessionRows(view, left, right) {
  const rows = [];
  const name = (left ?? right).name;
  rows.push(element('div', { class: 'session' },
    element('div', { class: 'left' }, left ? `${name ? `session “${name}” ` : ''}${left.about}` : ''),
    view.there && element('div', { class: 'right' }, right ? `${name ? `session “${name}” ` : ''}${right.about}` : '')));
  for (const [a, b] of alignSteps(left?.steps ?? [], right?.steps ?? [])) rows.push(stepRows(view, a, b));
  const dropped = session => session?.dropped ? `${session.dropped} further octets were counted, not kept` : '';
  if (left?.dropped || right?.dropped)
    rows.push(element('div', { class: 'pair' }, element('div', { class: 'left note' }, dropped(left)),
      view.there && element('div', { class: 'right note' }, dropped(right))));
  return rows;
}

const isJudged = step => step?.entries.some(entry => entry.kind === 'judged');

function stepRows(view, left, right) {
  const { line, title } = left ?? right;
  const source = line ? view.text(view.row.source?.[line - view.row.line]).trim() : '';
  const judged = isJudged(left);
  const heading = (line || title) && element('h4', {}, element('i', {}, line ? `line ${line}` : title),
    element('code', { title: source }, source || commandsOf(left ?? right)));
  const pairs = alignEntries(left?.entries ?? [], right?.entries ?? []).map(([a, b]) => element('div', { class: 'pair' },
    entryNode(a, b, 'left', view), view.there && entryNode(b, a, 'right', view)));
  // The way to the first step is much the same in every case.
  if (title === 'prelude' && !judged)
    return element('details', { class: 'step' }, element('summary', {}, heading), pairs);
  return element('section', { class: 'step' + (judged ? ' failing' : '') }, heading, pairs);
}

const commandsOf = step => step.entries.filter(entry => entry.kind === 'C').map(entry => entry.text.match(/^\w*/)[0]).join(', ');

function entryNode(entry, other, side, view) {
  if (!entry) return element('div', { class: `${side} nothing` });
  const { kind, text } = entry;
  if (kind === 'judged') {
    const letter = letterOf(text);
    return element('div', { class: `${side} judged ${letter}` }, `${verdicts[letter].glyph} judged here: ${text}`);
  }
  if (kind === 'pause') return element('div', { class: `${side} note` }, `${text} later`);
  if (kind === 'left out') return element('div', { class: `${side} note` }, `… ${text} more are only in results.json`);
  if (kind === '-') return element('div', { class: `${side} note` }, text);
  const unlike = kind === 'S' && other && saysOther(entry, other);
  return element('div', { class: `${side} ${kind === 'C' ? 'sent' : 'received'}${unlike ? ' unlike' : ''}` },
    element('i', { title: (kind === 'C' ? 'client' : 'server') + (entry.encrypted ? ', inside TLS' : '') + (unlike ? ', not as beside' : '') },
      kind, entry.encrypted && element('small', {}, ' tls'), unlike && element('small', {}, ' ≠')),
    element('span', {}, shownLines(text)));
}
