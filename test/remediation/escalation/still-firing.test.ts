import { describe, expect, test } from 'vitest';
import type { Alert } from '#lib/alerts/decide';
import { firing } from '#test/remediation/bench';
import {
  AWAY,
  createLadder,
  HOUR,
  type LadderBench,
  MINUTE,
  NODE,
  RESET,
  SECOND,
  statesOf,
  TELL,
  VERIFIED,
} from './ladder-bench.ts';

/** The reset of an alert has succeeded. */
async function succeeded(bench: LadderBench, alert = firing(NODE)): Promise<void> {
  await bench.receive(alert);
  await bench.advance(5 * SECOND);
  bench.endJob('job-1');
  await bench.advance(5 * MINUTE);
  expect(statesOf(bench.chain())).toEqual(['succeeded']);
}

/** The alert is delivered every five minutes for a while. */
async function deliver(bench: LadderBench, ms: number, ...alerts: readonly Alert[]) {
  for (let passed = 0; passed < ms; passed += 5 * MINUTE) {
    await bench.receive(...alerts);
    await bench.advance(5 * MINUTE);
  }
}

describe('an alert that still fires after the success of its remediation', () => {
  test('has the time that a rung without verify gives it, and then the ladder goes on', async () => {
    const bench = createLadder([RESET, AWAY]);
    await succeeded(bench);
    await deliver(bench, 10 * MINUTE, firing(NODE));
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
    await deliver(bench, 10 * MINUTE, firing(NODE));
    const [reset, migration] = bench.chain();
    expect(reset).toMatchObject({
      state: 'escalated',
      why: expect.stringMatching(/^alert fp-CardLost-\S+ still fires 1[5-9] min( \d+ s)? after it succeeded/),
    });
    expect(reset!.receipts.find(({ step }) => step === 'still-firing')).toMatchObject({
      alerts: [`fp-CardLost-${NODE}`],
      within: '15 min',
    });
    expect(migration).toMatchObject({ state: 'running', action: 'migrate-nodes' });
    expect(bench.resets()).toHaveLength(1);
  });

  test('has the time of its verify', async () => {
    const bench = createLadder(['{ reset-nodes: {}, verify: { healthyFor: 0s, within: 40m } }', AWAY]);
    await succeeded(bench);
    await deliver(bench, 35 * MINUTE, firing(NODE));
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
    await deliver(bench, 10 * MINUTE, firing(NODE));
    expect(statesOf(bench.chain())).toEqual(['escalated', 'running']);
  });

  test('is a case for a person at the end of the ladder, with one notice', async () => {
    const bench = createLadder([RESET]);
    await succeeded(bench);
    await deliver(bench, 2 * HOUR, firing(NODE));
    expect(bench.chain()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('did not repair the node') },
    ]);
    const receipts = bench.chain()[0]!.receipts.map(({ step }) => step);
    expect(receipts.filter((step) => step === 'still-firing')).toHaveLength(1);
    expect(receipts).toContain('handover');
    expect(bench.resets()).toHaveLength(1);
    expect(bench.leased()).toEqual([]);
  });

  test('is over when it resolves in time', async () => {
    const bench = createLadder([RESET, AWAY]);
    await succeeded(bench);
    await deliver(bench, 10 * MINUTE, firing(NODE));
    await bench.receive(firing(NODE, { status: 'resolved', endsAt: bench.iso() }));
    await bench.advance(2 * HOUR);
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
  });

  test.each([1, 2, 3, 4, 5, 6])('what dies at write %i is finished by the next delivery', async (writes) => {
    const bench = createLadder([RESET, AWAY]);
    await succeeded(bench);
    await bench.advance(20 * MINUTE);
    const { put } = bench.store;
    let left = writes;
    bench.store.put = (document, version) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('killed')) : put(document, version);
    };
    await bench.receive(firing(NODE)).catch(() => undefined);
    bench.store.put = put;
    await bench.receive(firing(NODE));
    await bench.advance(MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'running']);
    expect(bench.bodies('batchMigrateNodes')).toHaveLength(1);
  });
});

/** Alerts that begin now, each under a fingerprint of its own. */
function many(bench: LadderBench, from: number): Alert[] {
  return Array.from({ length: 20 }, (_, index) =>
    firing(NODE, { fingerprint: `value-${from + index}`, startsAt: bench.iso() }),
  );
}

describe('alerts of one rule about one node, under many fingerprints', () => {
  test('are one call while it is under way, and none is skipped meanwhile', async () => {
    const bench = createLadder([VERIFIED, AWAY]);
    for (const alert of many(bench, 0)) await bench.receive(alert);
    await bench.advance(10 * MINUTE);
    expect(bench.resets()).toHaveLength(1);
    const states = Map.groupBy(bench.remediations(), ({ state }) => state);
    expect(states.get('running')).toHaveLength(1);
    expect(states.get('deferred')).toHaveLength(19);
  });

  test('are over with it when they resolve', async () => {
    const bench = createLadder([RESET, AWAY]);
    const alerts = many(bench, 0);
    for (const alert of alerts) await bench.receive(alert);
    await bench.advance(5 * SECOND);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    for (const alert of alerts) await bench.receive({ ...alert, status: 'resolved', endsAt: bench.iso() });
    await bench.advance(2 * HOUR);
    const states = new Set(statesOf(bench.remediations()));
    expect(states).toEqual(new Set(['succeeded', 'skipped']));
    expect(bench.resets()).toHaveLength(1);
    expect(bench.bodies('batchMigrateNodes')).toEqual([]);
  });

  test('move the ladder on where they still fire after its success, with any fingerprint', async () => {
    const bench = createLadder([RESET]);
    for (const alert of many(bench, 0)) await bench.receive(alert);
    await bench.advance(5 * SECOND);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    // From then on the value in the label is another one.
    await deliver(bench, 90 * MINUTE, ...many(bench, 100));
    expect(bench.resets()).toHaveLength(1);
    const told = bench.remediations().filter(({ state }) => state === 'needs-human');
    expect(told).toHaveLength(1);
    expect(told[0]!.why).toContain('did not repair the node');
    expect(statesOf(bench.remediations()).filter((state) => state === 'deferred')).toEqual([]);
  });
});

/** The alert of the node under another fingerprint. It claims to begin now. */
function renamed(bench: LadderBench, fingerprint: string): Alert {
  return firing(NODE, { fingerprint, startsAt: bench.iso() });
}

function over(bench: LadderBench, alert: Alert = firing(NODE)) {
  return { ...alert, status: 'resolved' as const, endsAt: bench.iso() };
}

describe('an alert whose fingerprint changes while it fires, after a cooldown of two minutes', () => {
  test('is the same case: the node is not reset once more, and the ladder goes on', async () => {
    const bench = createLadder([RESET, TELL], '', '2m');
    await succeeded(bench);
    await bench.receive(firing(NODE));
    await bench.advance(4 * MINUTE);
    const other = renamed(bench, 'other');
    await bench.receive(other);
    await bench.advance(3 * MINUTE);
    await bench.receive(over(bench));
    expect(bench.resets()).toHaveLength(1);
    await deliver(bench, 30 * MINUTE, other);
    expect(bench.resets()).toHaveLength(1);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'needs-human']);
    expect(bench.chain()[0]!.why).toMatch(/^alert other still fires/);
  });

  test('is the same case after each of many changes, also for people who have a notice', async () => {
    const bench = createLadder([RESET], '', '2m');
    bench.nodes.get(NODE)!.phase = 'Abnormal';
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    bench.endJob('job-1', 'Failed');
    await bench.advance(5 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['needs-human']);
    let last = firing(NODE);
    // More than are looked at.
    for (let turn = 0; turn < 60; turn += 1) {
      const next = renamed(bench, `turn-${turn}`);
      await bench.receive(last, next);
      await bench.advance(MINUTE);
      await bench.receive(over(bench, last));
      await bench.advance(4 * MINUTE);
      last = next;
    }
    expect(bench.resets()).toHaveLength(1);
    expect(new Set(statesOf(bench.remediations()))).toEqual(new Set(['needs-human', 'skipped']));
  });

  test('is another case if the earlier alert was over before', async () => {
    const bench = createLadder([RESET], '', '2m');
    await succeeded(bench);
    await bench.receive(over(bench));
    await bench.advance(5 * MINUTE);
    await bench.receive(renamed(bench, 'other'));
    await bench.advance(MINUTE);
    expect(bench.resets()).toHaveLength(2);
  });
});

describe('what was skipped', () => {
  test('is judged again when its alert is delivered ten minutes later or more', async () => {
    const bench = createLadder([RESET]);
    bench.nodes.delete(NODE);
    const { remediations } = await bench.receive(firing(NODE));
    await bench.advance(3 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'skipped' }]);
    bench.nodes.set(NODE, { name: NODE, phase: 'Abnormal', privateIp: '10.0.0.1' });
    await bench.receive(firing(NODE));
    await bench.advance(5 * MINUTE);
    expect(bench.resets()).toEqual([]);
    await bench.advance(5 * MINUTE);
    const again = await bench.receive(firing(NODE));
    expect(again.remediations).toMatchObject([{ id: remediations[0]!.id, state: 'submitting' }]);
    await bench.advance(MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'running' }]);
    expect(bench.remediations()[0]!.receipts).toContainEqual(
      expect.objectContaining({ step: 'judged-again', times: 1 }),
    );
  });

  test('is not judged again for an alert that is over', async () => {
    const bench = createLadder([RESET]);
    await bench.receive(firing(NODE));
    await bench.receive(firing(NODE, { status: 'resolved', endsAt: bench.iso() }));
    await bench.advance(30 * SECOND);
    expect(bench.remediations()).toMatchObject([{ state: 'skipped' }]);
    await bench.receive(firing(NODE));
    await bench.advance(20 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'skipped' }]);
  });

  test('does not grow with the days for which its alert fires', async () => {
    const bench = createLadder([RESET]);
    bench.nodes.delete(NODE);
    for (let round = 0; round < 150; round += 1) {
      await bench.receive(firing(NODE));
      await bench.advance(15 * MINUTE, 5 * MINUTE);
    }
    const [only] = bench.remediations();
    expect(only!.judgedAgain!.times).toBeGreaterThan(100);
    expect(JSON.stringify(only).length).toBeLessThan(20_000);
  });
});
