// What there is to say about a cell lies packed in the page and is unpacked when first asked for.

async function unpack(node) {
  const bytes = Uint8Array.from(atob(node.textContent), letter => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text());
}

const chunks = [...document.querySelectorAll('script.chunk')].map(node => ({
  node, first: Number(node.dataset.first), rows: null,
}));
let common = null;

// A promise of {row, common} for a case.
async function detailsOf(one) {
  const chunk = chunks.findLast(each => each.first <= one.index);
  common ??= unpack(byId('common'));
  chunk.rows ??= unpack(chunk.node);
  const [shared, rows] = await Promise.all([common, chunk.rows]);
  return { row: rows[one.index - chunk.first], phrases: shared.phrases, requirements: shared.requirements };
}

// Reads a text: itself, or the number of a phrase; the mark in it stands for the case's token.
const readerOf = (phrases, token) => text =>
  text === undefined ? '' : (typeof text === 'number' ? phrases[text] : text).replaceAll('\x7F', token);
