import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { keptPlaces } from '#local/data/places';
import { readSettings, withKeptTokens } from '#local/start/settings';
import { startSystem } from '#local/start/system';
import { SPEED } from './world.ts';

// One process of the soak: the system as `poolkeeper start` runs it, with the waits of a faster world. It ends by a kill, or at SIGTERM.

/** As often as the heap is measured. */
const MEASURE_EVERY_MS = 5_000;

const root = path.resolve(import.meta.dirname, '../..');
const [data = ''] = process.argv.slice(2);
const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function run(): Promise<void> {
  const settings = await withKeptTokens(readSettings(process.env), keptPlaces(data).tokens, () => {});
  const { modelarts } = settings;
  if (modelarts.kind !== 'api') throw new Error('the soak needs MODELARTS_ENDPOINT');
  const preload = pathToFileURL(path.join(import.meta.dirname, 'shifted-clock.mjs')).href;
  const clock = {
    NODE_OPTIONS: `--import ${preload}`,
    SOAK_CLOCK_MS: process.env['SOAK_CLOCK_MS'] ?? '0',
  };
  await using started = await startSystem({
    places: { root, isCheckout: true, directory: data, data },
    settings: { ...settings, modelarts: { ...modelarts, variables: { ...modelarts.variables, ...clock } } },
    port: { release: () => Promise.resolve() },
    report: (line) => say({ line }),
    output: process.stderr,
    signal: ending.signal,
    speed: SPEED,
  });
  const { url, webhookToken, consoleToken } = started.system;
  say({ up: { url, webhookToken, consoleToken } });
  const timer = setInterval(() => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    say({ heap: heapUsed + external });
  }, MEASURE_EVERY_MS);
  await new Promise((resolve) => ending.signal.addEventListener('abort', resolve));
  clearInterval(timer);
}

await run();
