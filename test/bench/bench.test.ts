import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#test/meta/serverless-declaration';
import { benchColdStart, candidatesOf } from './cold/cold-start.ts';
import { buildAll, peerNames } from './peers/build.ts';
import { sizes } from './sizes.ts';
import { benchSignature } from './warm/signature.ts';
import { benchRules } from './world/rules.ts';
import { startStandIns } from './world/stand-ins.ts';

const { coldRuns, signing } = sizes({ quick: true });

test('the benchmark signs a request both ways', () => {
  const { ours, theirs } = benchSignature(signing);
  expect(ours).toBeGreaterThan(0);
  expect(theirs).toBeGreaterThan(0);
});

test('the benchmark measures every peer, and every function that it has an event for', async () => {
  await using bundles = await buildAll(benchRules());
  await using standIns = await startStandIns();
  const candidates = await candidatesOf(bundles);
  const rows = await benchColdStart(candidates, { runs: coldRuns, folder: bundles.folder }, standIns);
  const deployed = globSync('functions/*.ts', { cwd: root }).map((file) => path.basename(file, '.ts'));
  const started = deployed.filter((name) => !withoutEvent.has(name));
  expect(rows.map(({ name }) => name).toSorted()).toEqual([...peerNames, ...started].toSorted());
  const requests = Object.fromEntries(rows.map((row) => [row.name, row.requests]));
  expect(requests).toMatchObject({ bare: 0, lean: 2, typical: 2, heavy: 2 });
  // A reset is judged, held, called and recorded: its event is not a mere refusal.
  expect(requests['reset-nodes']).toBeGreaterThan(12);
});

/** They start with a schedule, or with a notice that has to be told to somebody. */
const withoutEvent = new Set([
  'enforce-tag-policy',
  'notify',
  'receive-scheduled-events',
  'scale-node-pools',
  'sweep',
]);
