// Takes the pictures of README.md anew: npm run pictures
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startBrowser } from '../browser/chromium.ts';
import { createWorld, fixturesOf } from '../browser/fixture.ts';
import { buildPage, routesOf, serveSite, TOKEN } from '../browser/site.ts';
import { terminalSvg } from './terminal.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The story that `npm start` tells, from the first system of a fresh folder. */
async function linesOfStart(): Promise<string[]> {
  const data = await mkdtemp(path.join(tmpdir(), 'poolkeeper-picture-'));
  const system = spawn(
    process.execPath,
    [path.join(root, 'cli/poolkeeper.ts'), 'start', '--port', '0', '--data', data],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], HOME: data, FORCE_COLOR: '1' },
    },
  );
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: system.stdout })) {
      lines.push(line);
      if (line.includes('Poolkeeper is up')) break;
    }
  } finally {
    const ended = once(system, 'exit');
    system.kill('SIGINT');
    system.stdout.resume();
    await ended;
    await rm(data, { recursive: true, force: true });
  }
  const title = lines.findIndex((line) => line.includes('A node loses'));
  const last = lines.findIndex((line) => line.includes('Poolkeeper is up'));
  if (title === -1 || last === -1) throw new Error(`npm start told no story:\n${lines.join('\n')}`);
  // A port, a token and the id of a remediation are of this one run.
  const story = lines
    .slice(title, last)
    .filter((line) => !line.includes('Its page'))
    .map((line) => line.replace(/http:\/\/127\.0\.0\.1:\d+/, 'http://127.0.0.1:3000'));
  return ['$ npm start', '', ...story, 'Poolkeeper is up: http://127.0.0.1:3000'];
}

async function takeConsole(file: string): Promise<void> {
  const world = createWorld(Date.now());
  await using built = await buildPage();
  await using site = await serveSite(built, routesOf(fixturesOf(world)), {});
  await using browser = await startBrowser();
  const page = await browser.context.newPage();
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${site.url}/#token=${TOKEN}&to=${encodeURIComponent('/')}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: file, fullPage: true });
}

await writeFile(path.join(root, 'docs/terminal.svg'), terminalSvg(await linesOfStart()));
await takeConsole(path.join(root, 'docs/console.png'));
