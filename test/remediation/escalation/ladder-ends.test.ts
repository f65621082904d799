import { describe, expect, test } from 'vitest';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { shownBefore } from '#lib/remediation/escalation/escalation-report';
import { firing, nodeName } from '#test/remediation/bench';
import { AWAY, createLadder, HOUR, MINUTE, NODE, RESET, SECOND, statesOf, TELL } from './ladder-bench.ts';

const checked = (minute: number, guard: string, allowed: boolean) => ({
  at: `2026-11-20T10:0${minute}:00.000Z`,
  step: 'guard' as const,
  guard,
  allowed,
  why: `check ${minute}`,
});

test('the state of a node that was not read is that of its last check before the call', () => {
  const receipts = [
    checked(1, 'node-phase', true),
    checked(2, 'node-phase', true),
    checked(3, 'node-phase', false),
    checked(4, 'budget', true),
  ] as Receipt[];
  expect(shownBefore(receipts)).toBe('at the last check, at 2026-11-20T10:02:00.000Z, check 2');
  expect(shownBefore(receipts.slice(2))).toBeUndefined();
});

describe('a ladder that stops while its alert fires ends with a person', () => {
  test('where a guard refuses the next rung for good', async () => {
    const bench = createLadder([RESET, AWAY, TELL]);
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    Object.assign(bench.jobs[0]!, { phase: 'Failed' });
    bench.nodes.get(NODE)!.phase = 'Abnormal';
    // The pool has come to have no other node, and a pool keeps one.
    for (const name of bench.nodes.keys()) if (name !== NODE) bench.nodes.delete(name);
    await bench.advance(3 * MINUTE);
    const [reset, migration] = bench.chain();
    expect(reset).toMatchObject({ state: 'escalated' });
    expect(migration).toMatchObject({
      state: 'needs-human',
      why: expect.stringMatching(/^the ladder stops at rung 2, and its alert fires: /),
    });
    expect(migration!.receipts.at(-1)).toMatchObject({
      step: 'handover',
      rule: 'card-lost',
      nodes: [NODE],
      rungs: [
        { rung: 1, action: 'reset-nodes' },
        { rung: 2, action: 'migrate-nodes' },
      ],
    });
    expect(bench.leased()).toEqual([]);
  });

  test('also one of a single rung that does not help', async () => {
    const bench = createLadder([RESET]);
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    Object.assign(bench.jobs[0]!, { phase: 'Failed', message: 'no image' });
    await bench.advance(3 * MINUTE);
    expect(bench.chain()).toMatchObject([
      {
        state: 'needs-human',
        why: expect.stringContaining(
          'job job-1 failed: no image; the ladder of rule card-lost is at its end',
        ),
      },
    ]);
    expect(bench.chain()[0]!.receipts.at(-1)).toMatchObject({ step: 'handover' });
    expect(bench.leased()).toEqual([]);
  });

  test('but not where the alert has resolved', async () => {
    const bench = createLadder([RESET, AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    Object.assign(bench.jobs[0]!, { phase: 'Failed' });
    await bench.receive(firing(NODE, { status: 'resolved', endsAt: bench.iso() }));
    await bench.advance(3 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'skipped']);
  });
});

describe('a first rung waits for what passes', () => {
  test('a workload: and goes when that is over', async () => {
    const bench = createLadder([RESET]);
    bench.workloads.push({ name: 'train', status: 'Running', hostIps: ['10.0.0.1'] });
    await bench.receive(firing(NODE));
    await bench.advance(5 * MINUTE);
    expect(bench.chain()).toMatchObject([{ state: 'deferred', deferredUntil: expect.any(String) }]);
    bench.workloads.pop();
    await bench.advance(15 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['running']);
  });

  test('and is a case for a person where it does not pass for a day, however often the alert comes', async () => {
    const bench = createLadder([RESET]);
    bench.workloads.push({ name: 'train', status: 'Running', hostIps: ['10.0.0.1'] });
    for (let hour = 0; hour < 26; hour += 1) {
      await bench.receive(firing(NODE));
      await bench.advance(30 * MINUTE, MINUTE);
      await bench.receive(firing(NODE));
      await bench.advance(30 * MINUTE, MINUTE);
    }
    expect(bench.chain()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('1 workload runs on the node') },
    ]);
    expect(bench.resets()).toEqual([]);
  });

  test('takes no place from others meanwhile', async () => {
    const bench = createLadder([RESET]);
    bench.workloads.push({ name: 'train', status: 'Running', hostIps: ['10.0.0.1'] });
    await bench.receive(firing(NODE));
    await bench.advance(MINUTE);
    await bench.receive(firing(nodeName(2)));
    await bench.advance(MINUTE);
    expect(bench.resets().map(({ body }) => body.nodeNames)).toEqual([[nodeName(2)]]);
  });

  test('a command of a person does not wait', async () => {
    const bench = createLadder([RESET]);
    bench.workloads.push({ name: 'train', status: 'Running', hostIps: ['10.0.0.1'] });
    await bench.command({
      action: 'reset-nodes',
      pool: 'train-a',
      nodes: [NODE],
      parameters: {},
      mode: 'act',
    });
    await bench.advance(MINUTE);
    expect(statesOf(bench.remediations())).toEqual(['skipped']);
  });

  test('what another rule has done to the node: its cooldown', async () => {
    const bench = createLadder([RESET]);
    await bench.command({
      action: 'reset-nodes',
      pool: 'train-a',
      nodes: [NODE],
      parameters: {},
      mode: 'act',
    });
    await bench.advance(5 * SECOND);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    await bench.receive(firing(NODE, { startsAt: bench.iso() }));
    await bench.advance(MINUTE);
    expect(bench.remediations()[1]).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('the cooldown is 6 h'),
    });
  });
});

/** The node is repaired, its alert resolves, and a while later it fires anew. */
async function again(afterMs: number) {
  const bench = createLadder([RESET, AWAY]);
  await bench.receive(firing(NODE));
  await bench.advance(5 * SECOND);
  bench.endJob('job-1');
  await bench.advance(5 * MINUTE);
  await bench.receive(firing(NODE, { status: 'resolved', endsAt: bench.iso() }));
  await bench.advance(afterMs, MINUTE);
  await bench.receive(firing(NODE, { startsAt: bench.iso() }));
  await bench.advance(MINUTE);
  return bench;
}

describe('a node that breaks again', () => {
  test('within the cooldown was not repaired by the ladder: it goes on', async () => {
    const bench = await again(2 * HOUR);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'running']);
    expect(bench.resets()).toHaveLength(1);
  });

  test('after the cooldown has a ladder of its own', async () => {
    const bench = await again(7 * HOUR);
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
    expect(bench.resets()).toHaveLength(2);
  });
});
