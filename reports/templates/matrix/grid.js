// The table under keyboard and mouse: one cell of it is in the tab order, arrows move, Enter opens.

let active = null;

const isCell = node => node && node.matches('#matrix tbody :is(td, th)') && !node.closest('.scenario');
const cellOf = (one, column) => one.row.cells[column + 1];
const isReachable = row => !row.hidden && row.className !== 'scenario' && !row.parentNode.hidden &&
  (row.className === 'section' || !row.parentNode.classList.contains('closed'));

// The next row up or down that can be seen; the same where there is none.
function rowFrom(row, down, steps = 1) {
  let found = row;
  for (let at = row; steps > 0;) {
    let next = down ? at.nextElementSibling : at.previousElementSibling;
    for (let body = at.parentNode; !next;) {
      body = down ? body.nextElementSibling : body.previousElementSibling;
      if (!body || body.tagName !== 'TBODY') return found;
      next = down ? body.firstElementChild : body.lastElementChild;
    }
    at = next;
    if (isReachable(at)) { found = at; --steps; }
  }
  return found;
}

function describe(cell) {
  const heading = headings[cell.cellIndex - 1];
  if (!heading || cell.hasAttribute('aria-label') || !caseOfRow.has(cell.parentNode)) return;
  const verdict = verdicts[cell.className];
  const text = cell.textContent.trim().replace(/^\S+\s*/, '');
  cell.setAttribute('aria-label',
    `${names[cell.cellIndex - 1]}: ${verdict ? verdict.word : 'not in this run'}${text ? ', ' + text : ''}`);
}

function activate(cell, focus = true) {
  if (!cell) return;
  if (active) active.tabIndex = -1;
  active = cell;
  active.tabIndex = 0;
  describe(active);
  if (focus) active.focus();
}

function move(key, whole) {
  const { parentNode: row, cellIndex: column } = active;
  const at = (to, i) => to.cells[Math.max(0, Math.min(i, to.cells.length - 1))];
  const page = Math.max(1, Math.floor(scroller.clientHeight / active.offsetHeight) - 3);
  switch (key) {
    case 'ArrowDown': return at(rowFrom(row, true), column);
    case 'ArrowUp': return at(rowFrom(row, false), column);
    case 'ArrowRight': return at(row, column + 1);
    case 'ArrowLeft': return at(row, column - 1);
    case 'PageDown': return at(rowFrom(row, true, page), column);
    case 'PageUp': return at(rowFrom(row, false, page), column);
    case 'Home': return at(whole ? rowFrom(row, false, Infinity) : row, 0);
    case 'End': return at(whole ? rowFrom(row, true, Infinity) : row, row.cells.length - 1);
    default: return null;
  }
}

// A cell opens; the heading of a section folds it; the name of a case opens what is seen beside it, or its
// first cell.
function openAt(cell, byKey) {
  const one = caseOfRow.get(cell.parentNode);
  if (!one) {
    const section = sections.find(each => each.heading === cell.parentNode);
    if (section) fold(section, !section.body.classList.contains('closed'));
    return;
  }
  const column = cell.cellIndex > 0 ? cell.cellIndex - 1 : state.cell?.column ?? Math.max(0, state.target);
  if (!isThere({ one, column })) return;
  change({ cell: { one, column } });
  if (byKey) focusPanel();
}

function startGrid() {
  table.setAttribute('role', 'grid');
  table.setAttribute('aria-rowcount', cases.length + 1);
  for (const section of sections) section.heading.cells[0].setAttribute('aria-expanded', 'true');
  // A link to what stands there without scripts is not a stop of its own.
  for (const link of table.querySelectorAll('td a')) link.tabIndex = -1;
  activate(cases.length ? cellOf(cases[0], 0) : null, false);

  new ResizeObserver(() => table.style.setProperty('--head', `${table.tHead.offsetHeight}px`)).observe(table.tHead);

  table.addEventListener('click', event => {
    const cell = event.target.closest('td, th');
    if (!isCell(cell) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    activate(cell);
    openAt(cell, false);
  });
  table.addEventListener('focusin', event => {
    const cell = event.target.closest('td, th');
    if (isCell(cell) && cell !== active) activate(cell, false);
  });
  table.addEventListener('keydown', event => {
    if (!active || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      openAt(active, true);
      return;
    }
    const to = move(event.key, event.ctrlKey);
    if (!to) return;
    event.preventDefault();
    activate(to);
    const one = caseOfRow.get(to.parentNode);
    if (state.cell && one && to.cellIndex > 0 && to.className !== 'n')
      change({ cell: { one, column: to.cellIndex - 1 } }, true);
  });
  document.addEventListener('keydown', event => {
    const isTyping = event.target.matches('input:not([type=radio]), select, textarea');
    if (event.key === 'Escape') {
      if (state.cell) closePanel();
      else if (event.target === controls.words) activate(active);
    } else if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      controls.words.focus();
      controls.words.select();
    }
  });
}
