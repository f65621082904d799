import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { cameUp } from './endings.ts';
import { trulyWell } from './honesty.ts';

const MINUTE_MS = 60_000;
const NODE = 'node-1';
const iso = (minutes: number) => new Date(minutes * MINUTE_MS).toISOString();
const reset = { id: 'r-1', action: 'reset-nodes', rule: 'r', pool: POOL, jobId: 'job-1' };

/** A reset was over after a minute; its node was looked at in minute 2, and came up in minute 3 at the latest. */
function looked(state: string, versions: object, healthy: object, well = false) {
  const run = runOf({
    rules: { pools: [{ id: POOL, healthy }], rules: [{ name: 'r', ladder: [{}] }] },
    jobs: [{ id: 'job-1', phase: 'Success', nodes: [NODE], endedAtMs: MINUTE_MS }],
    pools: { [POOL]: [{ name: NODE, ...versions }] },
    pasts: {
      [NODE]: [
        { fromMs: MINUTE_MS, phase: well ? 'Available' : 'Checking', well },
        { fromMs: 3 * MINUTE_MS, well: true },
      ],
    },
    writes: [
      {
        atMs: 2 * MINUTE_MS,
        pk: 'remediation#r-1',
        value: { ...reset, state, deadline: iso(60), outcomes: { [NODE]: { state } } },
      },
    ],
  });
  return { failed: [...cameUp(run)].length > 0, succeeded: [...trulyWell(run)].length > 0 };
}

const shows = (versions: object) => ({ versions });
const UBUNTU = shows({ os: 'Ubuntu 22.04' });

test.each([
  ['that the rules do not mention', UBUNTU, {}, true],
  ['with the version that the rules demand', UBUNTU, { os: ['Euler*', 'Ubuntu 22.*'] }, true],
  ['that shows no version', {}, { os: ['Euler*'] }, true],
  ['with another system than the rules demand', UBUNTU, { os: ['Euler*'] }, false],
  ['with another driver', shows({ driver: '24x1' }), { driver: ['24.1', '23.*'] }, false],
  [
    'with another plugin',
    shows({ plugins: [{ name: 'npu', version: '6' }] }),
    { plugins: { npu: ['7'] } },
    false,
  ],
])('whether a node on its way up %s has not failed yet', (_, versions, healthy, isBroken) => {
  expect(looked('failed', versions, healthy).failed).toBe(isBroken);
});

test('a node with a version that the rules forbid is not well', () => {
  expect(looked('succeeded', UBUNTU, {}, true).succeeded).toBe(false);
  expect(looked('succeeded', UBUNTU, { os: ['Euler*'] }, true).succeeded).toBe(true);
  expect(looked('succeeded', UBUNTU, { os: ['Euler*'], absent: 'well' }, true).succeeded).toBe(false);
});
