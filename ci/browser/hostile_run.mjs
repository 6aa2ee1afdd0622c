// SPDX-License-Identifier: Apache-2.0
// Reads a results.json and writes it with every text that a target can reach replaced by what tries to break out of a
// page, a script, a comment, a terminal or the eye.
//   node hostile_run.mjs IN.json OUT.json
import { readFileSync, writeFileSync } from 'node:fs';

const attacks = [
  '<script>alert(1)</script>', '</script><script>alert(2)</script>', '--><script>alert(3)</script><!--',
  '</noscript></pre></details><img src=x onerror=alert(4)>', '\' onmouseover=alert(5) x="', ']]><svg onload=alert(6)>',
  '\\x1B]0;title\\x07\\x1B[2J', '\\xE2\\x80\\xAEtxt.exe\\xE2\\x81\\xA6', '\\xFF\\xC0\\xAF\\xED\\xA0\\x80', '\\x00\\x7F\\xC2\\x9B31m',
  '&lt;b&gt; &#60;script&#62;', '</style><style>*{display:none}</style>', '\\xE2\\x80\\xA8alert(7)', '{{token}} ${alert(8)} `',
];
let next = 0;
const attack = () => `250-${attacks[next++ % attacks.length]} ${attacks[next++ % attacks.length]}\\r\\n`;

const [from, to] = process.argv.slice(2);
const run = JSON.parse(readFileSync(from, 'utf8'));
Object.assign(run.target, { name: attack(), version: attack(), software: attack(), banner: attack(), ehlo: [attack(), attack()] });
const some = run.cases.map((one, i) => i).filter(i => i % 30 === 0 || run.cases[i].verdict !== 'pass').slice(0, 60);
run.timings.cases = some.map(i => run.timings.cases[i]);
run.cases = some.map(i => run.cases[i]);
for (const one of run.cases) {
  one.outcome &&= attack();
  one.reason &&= attack();
  one.server_log = attack() + attack();
  one.delivered = [attack() + attack()];
  for (const finding of one.findings) Object.assign(finding, { message: attack(), actual: attack(), outcome: attack() });
  for (const session of one.sessions) {
    for (const event of session.events) if (event.kind !== 'sent') event.bytes = attack() + attack();
  }
}
writeFileSync(to, JSON.stringify(run));
