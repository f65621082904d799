import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { inflate } from '@sparticuz/chromium';
import { type BrowserContext, chromium } from 'playwright-core';

/** A browser that asks no other host. */
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type Browser = AsyncDisposable & { context: BrowserContext };

/** Starts the Chromium that is in the packages, with a profile of its own that ends with it. */
export async function startBrowser(): Promise<Browser> {
  const folder = await unpacked();
  const profile = await mkdtemp(path.join(tmpdir(), 'poolkeeper-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: path.join(folder, 'chromium'),
    args: QUIET,
    env: {
      HOME: profile,
      LANG: 'C.UTF-8',
      PATH: process.env['PATH'] ?? '',
      // A bare machine has neither the libraries nor fonts.
      LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'),
      ...(!existsSync('/etc/fonts/fonts.conf') && { FONTCONFIG_PATH: path.join(folder, 'fonts') }),
    },
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

const PARTS = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br'];

/**
 * The folder with the browser. It is unpacked once for a user and a version, which takes some seconds. Two processes may do so at once:
 * the folder appears whole.
 */
async function unpacked(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const packed = path.resolve(path.dirname(entry), '../bin');
  const { version } = createRequire(import.meta.url)(path.resolve(packed, '../package.json'));
  const folder = path.join(tmpdir(), `poolkeeper-chromium-${version}-${userInfo().uid}`);
  if (existsSync(folder)) return folder;
  const fresh = await mkdtemp(path.join(tmpdir(), 'poolkeeper-unpacking-'));
  const place = process.env['TMPDIR'];
  try {
    // The package unpacks into the folder for temporary files.
    process.env['TMPDIR'] = fresh;
    await Promise.all(PARTS.map((part) => inflate(path.join(packed, part))));
  } finally {
    if (place === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = place;
  }
  await mkdir(path.dirname(folder), { recursive: true });
  await rename(fresh, folder).catch((error: unknown) => {
    if (!existsSync(folder)) throw error;
  });
  await rm(fresh, { recursive: true, force: true });
  return folder;
}
