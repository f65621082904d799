// Takes pictures of the views: node --import ./local/require-node-24.mjs test/browser/shots.ts <folder> [view …]
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startBrowser } from './chromium.ts';
import { createWorld, fixturesOf } from './fixture.ts';
import { buildPage, routesOf, serveSite, TOKEN } from './site.ts';

const [, , folder = '/tmp/shots', ...only] = process.argv;
const VIEWS: Record<string, string> = {
  now: '/',
  remediations: '/remediations',
  remediation: '/remediations/3a1c01aa-person',
  running: '/remediations/8c6f01aa-running',
  approval: '/remediations/4f0c01aa-approval',
  waiting: '/waiting',
  day: '/day',
  why: '/why?q=os-node-created-a063',
  node: '/nodes/os-node-created-a063',
  pool: '/pools/train-b',
  simulator: '/simulator',
};

await mkdir(folder, { recursive: true });
const world = createWorld(Date.now());
await using built = await buildPage();
await using site = await serveSite(built, routesOf(fixturesOf(world)), {});
await using browser = await startBrowser();
const page = await browser.context.newPage();
page.on('console', (message) => console.log('console:', message.text()));
page.on('pageerror', (error) => console.log('error:', error.message));
for (const scheme of ['light', 'dark'] as const) {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  for (const width of [1440, 800, 390]) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    for (const [name, to] of Object.entries(VIEWS)) {
      if (only.length > 0 && !only.includes(name)) continue;
      await page.goto('about:blank');
      await page.goto(`${site.url}/#token=${TOKEN}&to=${encodeURIComponent(to)}`);
      await page.waitForTimeout(500);
      await page.screenshot({
        path: path.join(folder, `${name}-${width}-${scheme}.png`),
        fullPage: width !== 800,
      });
    }
  }
}
