import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '#test/runs';
import { createBench, firing, nodeName } from '../remediation/bench.ts';
import { jobsEnd, live, openCalls, runSweep } from './mortal.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NODES = [nodeName(1), nodeName(2), nodeName(3)];

const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom('alert', 'lose', 'copy', 'commands', 'follow', 'sweep', 'race' as const),
  }),
  fc.record({
    kind: fc.constant('wait' as const),
    ms: fc.constantFrom(1_000, MINUTE, 6 * MINUTE, 16 * MINUTE),
  }),
  fc.record({ kind: fc.constant('fault' as const), everyWrite: fc.integer({ min: 2, max: 7 }) }),
);

test('through losses, second deliveries, failures and concurrent sweeps, each node is reset at most once and every command ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const bench = createBench();
      const { put } = bench.store;
      const alerts = NODES.map((node) => firing(node));
      await bench.receive(...alerts);
      for (const one of steps) {
        if (one.kind === 'wait') {
          await bench.advance(one.ms, one.ms);
        } else if (one.kind === 'fault') {
          // From here to the next one of these, every so many writes fail.
          let writes = 0;
          bench.store.put = (document, version) => {
            writes += 1;
            return writes % one.everyWrite === 0
              ? Promise.reject(new Error('throttled'))
              : put(document, version);
          };
        } else if (one.kind === 'alert') {
          await bench.receive(...alerts).catch(() => {});
        } else if (one.kind === 'lose') {
          bench.queues.commands = [];
          bench.queues.follow = [];
        } else if (one.kind === 'copy') {
          bench.queues.commands.push(
            ...bench.queues.commands.map((message) => ({
              ...message,
              messageId: `${message.messageId}-copy`,
            })),
          );
        } else if (one.kind === 'commands' || one.kind === 'follow') {
          await bench.drain(one.kind, 2);
        } else if (one.kind === 'sweep') {
          await runSweep(bench).catch(() => {});
        } else {
          const sweeps = [runSweep(bench), runSweep(bench)].map((sweep) => sweep.catch(() => {}));
          await Promise.all([bench.drain('commands'), bench.drain('follow'), ...sweeps]);
        }
        jobsEnd(bench);
      }
      bench.store.put = put;
      await live(bench, 4 * HOUR, () => jobsEnd(bench));

      const reset = bench.resets().flatMap(({ body }) => body.nodeNames as string[]);
      expect(new Set(reset).size).toBe(reset.length);
      expect(openCalls(bench)).toEqual([]);
      for (const { state, nodes } of bench.remediations()) {
        expect(['succeeded', 'needs-human', 'skipped', 'failed']).toContain(state);
        if (state === 'succeeded') expect(reset).toContain(nodes![0]);
        if (state !== 'needs-human') expect(bench.leased()).not.toContain(nodes![0]);
      }
      expect(bench.queues).toMatchObject({ commands: [], follow: [] });
    }),
    { numRuns: runs(30) },
  );
});
