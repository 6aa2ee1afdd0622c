// Usage: gitlab.mjs FOLDER-OF-NODE_MODULES <pipeline.json
// Validates a pipeline against GitLab's own schema, which gitlab-ci-local carries.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const take = (path) => import(pathToFileURL(resolve(process.argv[2], 'node_modules', path)));
const { schema } = await take('gitlab-ci-local/src/schema/schema.js');
const Ajv = (await take('ajv/dist/ajv.js')).default;
// The schema has keys that are for editors.
const holds = new Ajv({ strict: false, allErrors: true, logger: false }).compile(schema);
const [pipeline] = JSON.parse(readFileSync(0, 'utf8'));
if (!holds(pipeline)) {
  for (const error of holds.errors) console.error(`gitlab-ci.yml: ${error.instancePath} ${error.message}`);
  process.exit(1);
}
console.log('gitlab-ci.yml: valid');
