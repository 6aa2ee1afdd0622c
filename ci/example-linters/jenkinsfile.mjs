// Usage: jenkinsfile.mjs FOLDER-OF-NODE_MODULES <Jenkinsfile
// Reads it with a grammar of Groovy; which words Jenkins itself knows in a declarative pipeline nobody can say without a Jenkins.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = resolve(process.argv[2], 'node_modules');
const { Language, Parser } = await import(pathToFileURL(`${modules}/web-tree-sitter/web-tree-sitter.js`));
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(`${modules}/tree-sitter-groovy/tree-sitter-groovy.wasm`));
const { rootNode } = parser.parse(readFileSync(0, 'utf8'));
if (rootNode.hasError) {
  const broken = (node) => node.isError || node.isMissing ? node : node.children.map(broken).find((found) => found);
  const { startPosition: at } = broken(rootNode);
  console.error(`Jenkinsfile:${at.row + 1}:${at.column + 1}: this is no Groovy`);
  process.exit(1);
}
console.log('Jenkinsfile: is Groovy');
