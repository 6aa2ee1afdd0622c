// What is seen is said by the part of the address behind the #, so that it can be sent to somebody and the
// browser's back and forward work: #show=differences&target=exim&verdict=fail,warn&rfc=5321/4.5.2&q=dot
// &cell=rfc5321/4.5.2-transparency/...&of=exim&beside=postfix

const shows = ['all', 'differences', 'alone'];
let state = null;

// A run need not have every case.
const isThere = ({ one, column }) => cellOf(one, column).className !== 'n';

function stateOfAddress() {
  const old = location.hash.match(/^#c(\d+)-(\d+)$/);  // the links that work without scripts
  const asked = new URLSearchParams(old ? '' : location.hash.slice(1));
  const column = name => names.indexOf(asked.get(name) ?? '');
  const cell = old ? { one: cases[old[1]], column: Number(old[2]) }
                   : { one: caseById.get(asked.get('cell')), column: column('of') };
  return {
    show: shows.includes(asked.get('show')) ? asked.get('show') : 'all',
    target: column('target'),
    verdicts: Object.keys(verdicts).filter(letter =>
      (asked.get('verdict') ?? '').split(',').includes(verdicts[letter].word)),
    changes: changeKinds.filter(kind => (asked.get('change') ?? '').split(',').includes(kind)),
    rfc: asked.get('rfc') ?? '',
    words: asked.get('q') ?? '',
    cell: cell.one && cell.column >= 0 && cell.column < names.length && isThere(cell) ? cell : null,
    beside: column('beside'),
  };
}

// Readable: only what would break the address is escaped.
const forAddress = text =>
  encodeURIComponent(text).replace(/%2F/g, '/').replace(/%2C/g, ',').replace(/%40/g, '@').replace(/%20/g, '+');

function addressOf(wanted) {
  const parts = [];
  const add = (name, value) => value && parts.push(`${name}=${forAddress(value)}`);
  add('show', wanted.show === 'all' ? '' : wanted.show);
  add('target', names[wanted.target]);
  add('verdict', wanted.verdicts.map(letter => verdicts[letter].word).join(','));
  add('change', wanted.changes.join(','));
  add('rfc', wanted.rfc);
  add('q', wanted.words);
  if (wanted.cell) {
    add('cell', wanted.cell.one.id);
    add('of', names[wanted.cell.column]);
    add('beside', names[wanted.beside]);
  }
  return '#' + parts.join('&');
}

// Changes what is seen. `quietly`: the browser's back does not stop here, as while somebody types.
function change(changes, quietly = false) {
  state = { ...state, ...changes };
  const address = addressOf(state);
  if (address !== (location.hash || '#')) history[quietly ? 'replaceState' : 'pushState'](null, '', address);
  show();
}

function show() {
  showFilters();
  showPanel();
}
