// Two lists side by side: pairs of what belongs together, null where one of them has nothing. What is the same
// for keyOf belongs together, in order, as much of it as can be (the longest common subsequence).

function align(left, right, keyOf) {
  const a = left.map(keyOf), b = right.map(keyOf);
  const best = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; --i)
    for (let j = b.length - 1; j >= 0; --j)
      best[i][j] = a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
  const pairs = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) pairs.push([left[i++], right[j++]]);
    else if (j === b.length || (i < a.length && best[i + 1][j] >= best[i][j + 1])) pairs.push([left[i++], null]);
    else pairs.push([null, right[j++]]);
  }
  return pairs;
}

// A dialogue's sessions as {name, steps: [{line, title, entries: [{kind, encrypted, text}]}]}.
function sessionsOf(cell, read) {
  return (cell?.sessions ?? []).map(session => ({
    name: read(session.name),
    about: [read(session.endpoint), session.client && `as ${read(session.client)}`].filter(Boolean).join(' '),
    dropped: session.dropped,
    steps: (session.steps ?? []).map(step => ({
      line: step.line, title: read(step.title), entries: entriesOf(step.entries, read),
    })),
  }));
}

function entriesOf(flat, read) {
  const entries = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const kind = read(flat[i]);
    entries.push({ kind: kind.replace('!', ''), encrypted: kind.endsWith('!'), raw: flat[i + 1], text: read(flat[i + 1]) });
  }
  return entries;
}

const alignSessions = (left, right) => align(left, right, session => session.name);
const alignSteps = (left, right) => align(left, right, step => `${step.line ?? ''} ${step.title}`);
// What was sent is the same but for names that the target gave; what was answered stands beside it.
const alignEntries = (left, right) => align(left, right, entry => entry.kind);

// What machines act on: the codes of replies, from the last line of each.
const codesOf = entry => entry.text.split('\n').map(line => line.match(/^(\d{3})(?![-\d])/)?.[1]).filter(Boolean).join();
const saysOther = (one, other) => codesOf(one) !== codesOf(other);
