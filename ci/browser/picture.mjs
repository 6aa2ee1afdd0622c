// SPDX-License-Identifier: Apache-2.0
// A picture of a page as a reader finds it: picture.mjs PAGE.html PICTURE.png [ADDRESS TAIL, such as #only=differences]
import { resolve } from 'node:path';
import { withBrowser } from './browser.mjs';

const [page, picture, tail = ''] = process.argv.slice(2);
await withBrowser({ viewport: { width: 1800, height: 950 }, colorScheme: 'light' }, async open => {
  const shown = await open(`file://${resolve(page)}${tail}`);
  await shown.waitForSelector('tbody td', { state: 'attached' });
  await shown.waitForTimeout(500);
  await shown.screenshot({ path: picture });
  if (shown.complaints.length > 0) throw new Error(shown.complaints.join('\n'));
});
