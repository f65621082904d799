import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#test/meta/serverless-declaration';
import { benchColdStart, candidatesOf } from './cold/cold-start.ts';
import { benchDay } from './growth/day.ts';
import { benchLists } from './growth/lists.ts';
import { benchNodes } from './growth/nodes.ts';
import { benchWindow } from './growth/rules.ts';
import { svgOf } from './page/svg.ts';
import { buildAll, peerNames } from './peers/build.ts';
import { sizes } from './sizes.ts';
import { benchFollowing } from './units/following.ts';
import { countIdle } from './units/idle.ts';
import { acceptAlert, remediateAlone } from './units/remediations.ts';
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

test('the benchmark counts and measures growth', async () => {
  const alone = await remediateAlone();
  expect(alone).toMatchObject({ remediations: 1, gets: { jobs: expect.any(Number) } });
  expect(alone.meter.writeUnits).toBeGreaterThan((await acceptAlert()).writeUnits);
  const { nodes, day } = sizes({ quick: true });
  expect(await benchNodes(nodes.sizes, nodes.runs)).toHaveLength(nodes.sizes.length);
  const tenths = await benchDay(day.count, day.everyMs);
  expect(tenths.at(-1)?.after).toBe(day.count);
  const [seldom, , often] = await benchFollowing(4);
  expect(often?.gets).toBeLessThan(seldom?.gets ?? 0);
  expect(benchWindow(1)).toBeGreaterThan(0);
});

test('the benchmark counts the requests for each list, which do not grow with the ledger beyond a bound', async () => {
  const [small, large] = await benchLists([300, 2_600]);
  for (const [list, { requests }] of Object.entries(large!.lists)) {
    // As many as it reads before it ends early: see docs/reference/api.md.
    const bound = list.startsWith('/stats') ? 400 : list.includes('rule=') ? 110 : 12;
    expect(requests, list).toBeLessThanOrEqual(bound);
    expect(small!.lists[list]!.requests, list).toBeLessThanOrEqual(bound);
  }
});

test('the benchmark counts what costs money in a month without an event', () => {
  const { alarms, polledQueues, scheduled } = countIdle();
  expect(alarms).toBeGreaterThan(10);
  expect(polledQueues).toBeGreaterThan(5);
  expect(scheduled).toBeGreaterThan(1_000);
});

test('a curve is a picture', () => {
  const picture = svgOf({
    title: 'A curve',
    x: 'x',
    y: 'y',
    points: [
      [1, 2],
      [10, 4],
    ],
    logarithmic: true,
  });
  expect(picture).toMatch(/^<svg [\s\S]*<polyline points="\d+,\d+ \d+,\d+"[\s\S]*<\/svg>\n$/);
});

/** They start with a schedule, or with a notice to a person. */
const withoutEvent = new Set([
  'enforce-tag-policy',
  'notify',
  'receive-scheduled-events',
  'scale-node-pools',
  'sweep',
]);
