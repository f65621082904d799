import { describe, expect, test } from 'vitest';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import type { Document } from '#lib/ledger/store';
import { afterRestore } from '#local/backup/after-restore';
import { createBench, firing, nodeName, POOL, RULES } from '../remediation/bench.ts';
import { killAt } from '../remediation/kill-at.ts';
import { runSweep } from '../sweep/mortal.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NODE = nodeName(1);

type Bench = ReturnType<typeof createBench>;

/** A system that begins, and whose ledger is copied right before one of its steps. */
async function copiedAt(
  step: number,
  create: () => Bench,
  begin: (bench: Bench) => Promise<unknown>,
): Promise<{ bench: Bench; copy: Document[]; takenAt: number; isOver: boolean }> {
  const bench = create();
  const mortal = killAt(bench, step);
  await begin(bench).catch(() => undefined);
  for (let minutes = 0; minutes < 10 && !mortal.hasDied(); minutes += 1) await live(bench, minutes);
  const copy = structuredClone(bench.store.documents());
  mortal.revive();
  return { bench, copy, takenAt: bench.now(), isOver: !mortal.hasDied() };
}

async function live(bench: Bench, minutes: number): Promise<void> {
  if (minutes === 3) endJobs(bench);
  await bench.advance(MINUTE, 15_000).catch(() => undefined);
}

function endJobs(bench: Bench): void {
  for (const job of bench.jobs) if (job.phase === 'Running') bench.endJob(job.jobId);
}

async function goOn(bench: Bench, hours: number): Promise<void> {
  for (let quarters = 0; quarters < 4 * hours; quarters += 1) {
    await runSweep(bench);
    await bench.advance(15 * MINUTE, MINUTE);
    endJobs(bench);
  }
}

/** The machine is lost, and the copy takes the place of the ledger. Its queues have no message. */
async function restore({ bench, copy, takenAt }: Awaited<ReturnType<typeof copiedAt>>) {
  for (const { pk, sk, version } of bench.store.documents()) await bench.store.remove({ pk, sk }, version);
  await bench.store.putMany(copy);
  bench.queues.commands.length = 0;
  bench.queues.follow.length = 0;
  const pools = new Set([POOL]);
  const at = { takenAt: new Date(takenAt).toISOString(), now: bench.now() };
  return afterRestore({ store: bench.store, rules: bench.rules, pools, ...at });
}

const ALERT = () => firing(NODE);
const isReset = (bench: Bench) => bench.resets().flatMap(({ body }) => body.nodeNames);

describe('a backup that is hours old', () => {
  // A reset has some thirty steps. Copies before two neighbours differ by one document.
  const steps = Array.from({ length: 17 }, (_, index) => 2 * index + 1);

  test.each(steps)('taken before step %i of a reset repeats no reset', async (step) => {
    const copied = await copiedAt(
      step,
      () => createBench(),
      (bench) => bench.receive(ALERT()),
    );
    const { bench } = copied;
    // Its sender sends it again until it is accepted.
    await bench.receive(ALERT());
    await goOn(bench, 2);
    const before = isReset(bench);
    // Nothing is ever sent if it died right before the request: it is unknown then whether it was sent.
    expect(before.length).toBeLessThanOrEqual(1);
    await restore(copied);
    // The fault is back, and its alert is sent again and again.
    bench.nodes.get(NODE)!.phase = 'Abnormal';
    const isKnown = copied.copy.some(({ pk }) => pk.startsWith('remediation#'));
    // The cooldown is six hours. Then an alert counts that the ledger does not know.
    for (let hours = 0; hours < (isKnown ? 8 : 5); hours += 1) {
      await bench.receive(ALERT());
      await goOn(bench, 1);
    }
    expect(isReset(bench)).toEqual(before);
    for (const remediation of bench.remediations())
      expect(['succeeded', 'needs-human', 'deferred', 'failed']).toContain(remediation.state);
  });

  test('counts each node as just worked on, for the cooldown', async () => {
    const copied = await copiedAt(
      1,
      () => createBench(),
      async () => {},
    );
    const { bench } = copied;
    await goOn(bench, 1);
    await restore(copied);
    const { now } = bench;
    const startsAt = new Date(now()).toISOString();
    await bench.receive(firing(NODE, { startsAt }));
    await bench.advance(5 * HOUR, MINUTE);
    expect(isReset(bench)).toEqual([]);
    expect(bench.remediations()[0]!.why).toMatch(
      /the ledger was restored at 2026-.*Z, and the node may have been called since 2026-.*Z; the cooldown is 6 h/,
    );
    await bench.receive(firing(NODE, { startsAt: new Date(now()).toISOString(), fingerprint: 'another' }));
    await bench.advance(2 * HOUR, MINUTE);
    expect(isReset(bench)).toEqual([NODE]);
  });

  test('finds the job of a call whose answer was not on record', async () => {
    for (let step = 1; step < 40; step += 1) {
      const copied = await copiedAt(
        step,
        () => createBench(),
        (bench) => bench.receive(ALERT()),
      );
      const { bench, copy } = copied;
      if (bench.resets().length === 0) continue;
      if (!copy.some(({ pk, value }) => pk.startsWith('call#') && (value as any).state === 'calling'))
        continue;
      await goOn(bench, 2);
      expect(await restore(copied)).toEqual({ handedOver: 0, followed: 1 });
      await goOn(bench, 2);
      expect(bench.remediations().map(({ state, jobId }) => [state, jobId])).toEqual([
        ['succeeded', 'job-1'],
      ]);
      return;
    }
    expect.fail('no copy has a call without an answer');
  });

  test('repeats no request that is harmless when sent twice, either', async () => {
    const parameters = { action: 'createTags', tags: [{ key: 'CostCenter', value: '4711' }] };
    for (let step = 1; step < 40; step += 1) {
      const copied = await copiedAt(
        step,
        () => createBench(RULES, updateNodes),
        async (bench) => {
          const command = {
            id: 'tags',
            action: 'update-nodes',
            pool: 'train-a',
            nodes: [NODE],
            parameters,
            mode: 'act',
          };
          await bench.command(command);
          await bench.drain('commands');
        },
      );
      const { bench } = copied;
      await goOn(bench, 1);
      const sent = bench.bodies('batchUpdateNodes').length;
      await restore(copied);
      await goOn(bench, 3);
      expect([step, bench.bodies('batchUpdateNodes').length]).toEqual([step, sent]);
      if (copied.isOver) return;
    }
  });
});
