// SPDX-License-Identifier: Apache-2.0
// Chromium, and pages that complain: whatever a page prints, throws, asks for or pops up is kept.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// Calls use(open) with a function that opens an address; everything is closed and removed afterwards.
// options: what playwright takes for a context (viewport, colorScheme, javaScriptEnabled, isMobile, ...).
export async function withBrowser(options, use) {
  const profile = mkdtempSync(join(tmpdir(), 'check-matrix-'));
  let context = null;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: flags, ...options,
    });
    return await use(address => open(context, address));
  } finally {
    await context?.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function open(context, address) {
  const page = await context.newPage();
  page.setDefaultTimeout(120000);
  page.complaints = [];
  // Chromium tells at the level of debugging that it laid out what was out of sight.
  page.on('console', message => message.type() === 'debug' || message.type() === 'verbose' || page.complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', failure => page.complaints.push(`error: ${failure.message}`));
  page.on('dialog', dialog => {
    page.complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', request => {
    if (request.url().split('#')[0] !== address.split('#')[0]) page.complaints.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  return page;
}
