// Usage: kubernetes.mjs FOLDER-OF-NODE_MODULES <documents.json
// Validates Jobs against the schema of Kubernetes' own API.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const file = resolve(process.argv[2], 'node_modules/kubernetes-models/batch/v1/Job.js');
const { Job } = await import(pathToFileURL(file));
for (const document of JSON.parse(readFileSync(0, 'utf8'))) {
  new Job(document).validate();
  console.log(`kubernetes-job.yaml: Job ${document.metadata.name} is valid`);
}
