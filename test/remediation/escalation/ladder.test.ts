import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '#lib/alerts/decide';
import { hasEnded } from '#lib/ledger/phase';
import type { Remediation } from '#lib/ledger/remediation';
import { claimRemediation } from '#lib/remediation/execution/call';
import { commandOf } from '#lib/remediation/record/open';
import { isOpen } from '#lib/remediation/record/outcome';
import { apiError, createBench, firing, nodeName, POOL } from '#test/remediation/bench';
import { runs } from '#test/runs';
import {
  AWAY,
  type LadderBench as Bench,
  createLadder,
  HOUR,
  MINUTE,
  NODE,
  QUARANTINE,
  rulesOf,
  statesOf,
} from './ladder-bench.ts';

const DAY = 24 * HOUR;

const iso = (ms: number) => new Date(ms).toISOString();
const anew = (bench: Bench, more: Partial<Alert> = {}) =>
  firing(NODE, { startsAt: iso(bench.now()), ...more });

/** The reset is called, and its job fails. */
async function resetFails(bench: Bench): Promise<void> {
  await bench.receive(firing(NODE));
  await bench.advance(5_000);
  Object.assign(bench.jobs[0]!, { phase: 'Failed', message: 'no image' });
  bench.nodes.get(NODE)!.phase = 'Abnormal';
  await bench.advance(2 * MINUTE);
}

const refusal = { outcome: 'refused', transient: false, status: 400, code: 'ModelArts.50004000' } as const;

describe('a rung that did not help is followed by the next', () => {
  test('when its job failed', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', AWAY]);
    await resetFails(bench);
    const [reset, migration] = bench.chain();
    expect(reset).toMatchObject({
      state: 'escalated',
      ladder: { root: reset!.id, rung: 0, failedAt: expect.any(String) },
      escalatedTo: migration!.id,
      why: `job job-1 failed: no image; the ladder goes on with migrate-nodes, remediation ${migration!.id}`,
    });
    expect(migration).toMatchObject({
      state: 'running',
      action: 'migrate-nodes',
      ladder: { root: reset!.id, rung: 1 },
      nodes: [NODE],
      rule: 'card-lost',
      mode: 'act',
      alerts: reset!.alerts,
      evidenceAt: reset!.ladder!.failedAt,
      reason: { source: 'alertmanager', rule: 'card-lost', escalatedFrom: reset!.id },
    });
    expect(bench.bodies('batchMigrateNodes')).toMatchObject([
      { migrateNodeNames: [NODE], toPoolName: QUARANTINE },
    ]);
    expect(bench.holdOf()).toMatchObject({ remediation: migration!.id });
    expect(bench.recordOf()).toMatchObject({
      last: { remediation: reset!.id, root: reset!.id, outcome: 'failed' },
    });
    bench.endJob('job-2');
    await bench.advance(3 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'succeeded']);
    expect(bench.leased()).toEqual([]);
    expect(bench.queues).toEqual({ commands: [], follow: [], deadLetters: [] });
  });

  test('when its node is not well in time', async () => {
    const bench = createLadder(['{ reset-nodes: {}, verify: { healthyFor: 2m, within: 10m } }', AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.endJob('job-1', 'Success', { [NODE]: 'Abnormal' });
    await bench.advance(9 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['verifying']);
    await bench.advance(4 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'running']);
  });

  test('when the API refuses it for good', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', AWAY]);
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes') throw apiError(endpoint, { ...refusal, vendorMessage: 'not here' });
    };
    await bench.receive(firing(NODE));
    await bench.advance(15_000);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'running']);
    // Nothing was done to the node by it.
    expect(bench.recordOf().last).toBeUndefined();
    expect(bench.queues.deadLetters).toHaveLength(1);
  });

  test('when the API says three times that it could not be done', async () => {
    const bench = createLadder([
      '{ update-nodes: { action: createTags, tags: [{ key: Broken, value: "yes" }] } }',
      '{ reset-nodes: {} }',
    ]);
    bench.update.failing.add(NODE);
    await bench.receive(firing(NODE));
    await bench.advance(3 * MINUTE);
    expect(bench.bodies('batchUpdateNodes')).toHaveLength(3);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'running']);
    expect(bench.resets()).toHaveLength(1);
  });

  test('with the parameters and the verification of its own rung, where an action comes twice', async () => {
    const bench = createLadder([
      '{ reset-nodes: { nodeConfig: { imageId: first } } }',
      '{ reset-nodes: { nodeConfig: { imageId: second } }, verify: { healthyFor: 2m, within: 10m } }',
    ]);
    await resetFails(bench);
    expect(bench.bodies('batchResetNodes').map(({ nodeConfig }) => nodeConfig.imageId)).toEqual([
      'first',
      'second',
    ]);
    bench.endJob('job-2');
    await bench.advance(2 * MINUTE);
    expect(bench.chain()[1]).toMatchObject({ state: 'verifying', why: expect.stringContaining('of 2 min') });
    await bench.advance(2 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'succeeded']);
  });

  test('under the node’s own name, though the alert gave an address', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', '{ reset-nodes: {} }']);
    bench.api.before = () => {
      throw apiError('listPoolNodes', { outcome: 'unknown', transient: true, status: 503 });
    };
    await bench.receive(firing('10.0.0.7:9100'));
    bench.api.before = () => {};
    await bench.advance(5_000);
    Object.assign(bench.jobs[0]!, { phase: 'Failed' });
    bench.nodes.get(nodeName(7))!.phase = 'Abnormal';
    await bench.advance(2 * MINUTE);
    expect(bench.chain().map(({ nodes }) => nodes)).toEqual([['10.0.0.7'], [nodeName(7)]]);
    expect(bench.bodies('batchResetNodes').map(({ nodeNames }) => nodeNames)).toEqual([
      [nodeName(7)],
      [nodeName(7)],
    ]);
  });

  test('and waits for an approval where its rung says so, as do the rungs behind it', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', '{ reset-nodes: {}, mode: approve }', AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.endJob('job-1', 'Failed', { [NODE]: 'Abnormal' });
    await bench.advance(2 * MINUTE);
    expect(bench.chain()).toMatchObject([
      { state: 'escalated', mode: 'act' },
      { state: 'awaiting-approval', mode: 'approve', plan: { request: { nodeNames: [NODE] } } },
    ]);
    expect(bench.resets()).toHaveLength(1);
  });

  test('and waits for an approval where the rung of a command under way says so by now', async () => {
    const bench = createLadder(['{ reset-nodes: {} }']);
    await bench.receive(firing(NODE));
    Object.assign(bench.rules.rules[0]!.ladder[0]!, { mode: 'approve' });
    await bench.advance(5_000);
    expect(bench.chain()).toMatchObject([{ state: 'awaiting-approval' }]);
  });

  test('and waits for an approval where its rule says so by now, or only observes', async () => {
    for (const [mode, state] of [
      ['approve', 'awaiting-approval'],
      ['observe', 'observed'],
    ] as const) {
      const bench = createLadder(['{ reset-nodes: {} }', AWAY]);
      await bench.receive(firing(NODE));
      await bench.advance(5_000);
      bench.rules.rules[0]!.mode = mode;
      Object.assign(bench.jobs[0]!, { phase: 'Failed' });
      bench.nodes.get(NODE)!.phase = 'Abnormal';
      await bench.advance(2 * MINUTE);
      expect(bench.chain()[1]).toMatchObject({ state, plan: { request: { migrateNodeNames: [NODE] } } });
      expect(bench.bodies('batchMigrateNodes')).toEqual([]);
    }
  });
});

describe('a ladder does not go on', () => {
  test('when its alert has resolved by itself', async () => {
    const bench = createLadder(['{ reset-nodes: {}, verify: { healthyFor: 2m, within: 10m } }', AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.endJob('job-1', 'Success', { [NODE]: 'Abnormal' });
    await bench.receive(firing(NODE, { status: 'resolved', endsAt: '2026-11-20T10:00:04.000Z' }));
    await bench.advance(14 * MINUTE);
    expect(bench.chain()).toMatchObject([
      { state: 'escalated' },
      {
        state: 'skipped',
        why: 'the ladder stopped at rung 2: the alert resolved at 2026-11-20T10:00:04.000Z',
      },
    ]);
    expect(bench.bodies('batchMigrateNodes')).toEqual([]);
    expect(bench.leased()).toEqual([]);
  });

  test('but does when it resolves while the rung waits, and another alert of the rule fires by then', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.workloads.push({ name: 'train-7b', status: 'Running', hostIps: ['10.0.0.1'] });
    Object.assign(bench.jobs[0]!, { phase: 'Failed', message: 'no image' });
    bench.nodes.get(NODE)!.phase = 'Abnormal';
    await bench.advance(2 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'deferred']);
    // The sender changes the fingerprint of the same fault.
    await bench.receive(firing(NODE, { fingerprint: 'later' }));
    await bench.receive(firing(NODE, { status: 'resolved' }));
    bench.workloads.length = 0;
    await bench.advance(30 * MINUTE);
    expect(bench.chain()[1]).toMatchObject({
      state: 'running',
      alerts: [{ fingerprint: `fp-CardLost-${NODE}` }, { fingerprint: 'later' }],
    });
    expect(bench.chain()[1]!.receipts).toContainEqual(
      expect.objectContaining({ step: 'event', fingerprint: 'later' }),
    );
    expect(bench.resets()).toHaveLength(1);
    expect(bench.bodies('batchMigrateNodes')).toHaveLength(1);
  });

  test('but does when the alert has resolved and fires anew', async () => {
    const bench = createLadder(['{ reset-nodes: {}, verify: { healthyFor: 2m, within: 10m } }', AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.endJob('job-1', 'Success', { [NODE]: 'Available' });
    await bench.receive(firing(NODE, { status: 'resolved' }));
    await bench.advance(MINUTE);
    const again = anew(bench);
    await bench.receive(again);
    await bench.advance(13 * MINUTE);
    const [reset, migration] = bench.chain();
    expect(reset!.why).toContain(`alert ${again.fingerprint} has fired again since ${again.startsAt}`);
    expect(migration).toMatchObject({ state: 'running' });
    expect(migration!.alerts.map(({ startsAt }) => startsAt)).toEqual([
      reset!.alerts[0]!.startsAt,
      again.startsAt,
    ]);
    // The alert that fires anew is a remediation of its own, and leaves the node to the ladder that is under way.
    expect(bench.remediations()).toHaveLength(3);
    expect(bench.remediations().find(({ id }) => id !== reset!.id && id !== migration!.id)).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining(`remediation ${reset!.id} has worked on the node`),
    });
  });

  test('but does when the alert has resolved and is opened again, with the same beginning', async () => {
    const bench = createLadder(['{ reset-nodes: {}, verify: { healthyFor: 2m, within: 10m } }', AWAY]);
    const first = firing(NODE);
    await bench.receive(first);
    await bench.advance(5_000);
    bench.endJob('job-1', 'Success', { [NODE]: 'Available' });
    await bench.receive({ ...first, status: 'resolved' });
    await bench.advance(2 * MINUTE);
    await bench.receive(first);
    await bench.advance(13 * MINUTE);
    const [reset, migration] = bench.chain();
    expect(reset).toMatchObject({ state: 'escalated' });
    expect(migration).toMatchObject({ state: 'running' });
    expect(migration!.alerts).toEqual([reset!.alerts[0], { ...reset!.alerts[0], opening: 1 }]);
  });

  test('but does when the alert goes on under another fingerprint', async () => {
    const bench = createLadder(['{ reset-nodes: {}, verify: { healthyFor: 2m, within: 10m } }', AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.endJob('job-1', 'Success', { [NODE]: 'Abnormal' });
    await bench.receive(firing(NODE, { fingerprint: 'fp-other' }));
    await bench.receive(firing(NODE, { status: 'resolved' }));
    await bench.advance(13 * MINUTE);
    const [reset, migration] = bench.chain();
    expect([reset!.state, migration!.state]).toEqual(['escalated', 'running']);
    expect(migration!.alerts.map(({ fingerprint }) => fingerprint)).toEqual([
      reset!.alerts[0]!.fingerprint,
      'fp-other',
    ]);
  });

  test('when the outcome of a rung is unknown, or while a guard defers it', async () => {
    const lost = createLadder(['{ reset-nodes: {} }', AWAY]);
    lost.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 502 });
    };
    await lost.receive(firing(NODE));
    await lost.advance(20 * MINUTE);
    expect(statesOf(lost.remediations())).toEqual(['needs-human']);

    const late = createLadder(['{ reset-nodes: {} }', AWAY]);
    await late.receive(firing(NODE));
    await late.advance(50 * MINUTE);
    expect(statesOf(late.remediations())).toEqual(['needs-human']);

    const busy = createLadder(['{ reset-nodes: {} }', AWAY]);
    busy.nodes.get(NODE)!.phase = 'Checking';
    await busy.receive(firing(NODE));
    await busy.advance(MINUTE);
    expect(statesOf(busy.remediations())).toEqual(['deferred']);
  });

  test('for a command of a person, nor for one whose rule is gone', async () => {
    const command = createLadder(['{ reset-nodes: {} }', AWAY]);
    const reason = { source: 'person', rule: 'card-lost' };
    await command.command({
      action: 'reset-nodes',
      pool: 'train-a',
      nodes: [NODE],
      parameters: {},
      mode: 'act',
      reason,
    });
    await command.advance(5_000);
    Object.assign(command.jobs[0]!, { phase: 'Failed' });
    await command.advance(2 * MINUTE);
    expect(statesOf(command.remediations())).toEqual(['failed']);

    const gone = createLadder(['{ reset-nodes: {} }', AWAY]);
    await gone.receive(firing(NODE));
    await gone.advance(5_000);
    gone.rules.rules.pop();
    Object.assign(gone.jobs[0]!, { phase: 'Failed' });
    await gone.advance(2 * MINUTE);
    expect(statesOf(gone.remediations())).toEqual(['failed']);
  });
});

describe('at the end of a ladder a person hears', () => {
  test('each rung with its result, and the phase of the node', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', AWAY]);
    await resetFails(bench);
    Object.assign(bench.jobs[1]!, { phase: 'Failed', message: 'no capacity' });
    bench.nodes.get(NODE)!.phase = 'Abnormal';
    await bench.advance(2 * MINUTE);
    const [reset, migration] = bench.chain();
    expect(migration).toMatchObject({
      state: 'needs-human',
      why:
        'reset-nodes did not help: job job-1 failed: no image; migrate-nodes did not help: job job-2 failed: no capacity; ' +
        'the ladder of rule card-lost is at its end. The node is Abnormal now (no driver is shown)',
    });
    expect(migration!.receipts.at(-1)).toMatchObject({
      step: 'handover',
      pool: POOL,
      nodes: [NODE],
      alerts: [{ source: 'alertmanager', fingerprint: `fp-CardLost-${NODE}` }],
      rungs: [
        { rung: 1, action: 'reset-nodes', remediation: reset!.id, jobId: 'job-1', callId: reset!.callId },
        { rung: 2, action: 'migrate-nodes', remediation: migration!.id, jobId: 'job-2' },
      ],
      lookAt: expect.arrayContaining(['job job-1', 'job job-2', `GET /remediations/${reset!.id}`]),
    });
    expect(bench.leased()).toEqual([]);
    const before = bench.chain();
    await bench.advance(HOUR, MINUTE);
    expect(bench.chain()).toEqual(before);
  });

  test('by a notice, where its last rung is one', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', '{ notify: { severity: critical } }']);
    await resetFails(bench);
    const [reset, notice] = bench.chain();
    expect(reset).toMatchObject({ state: 'escalated', escalatedTo: notice!.id });
    expect(notice).toMatchObject({
      state: 'needs-human',
      action: 'notify',
      parameters: { severity: 'critical' },
      nodes: [NODE],
      ladder: { root: reset!.id, rung: 1 },
      why: expect.stringMatching(
        /^reset-nodes did not help: job job-1 failed: no image; .* The node is Abnormal now \(no driver is shown\)$/,
      ),
    });
    expect(notice!.receipts.map(({ step }) => step)).toEqual([
      'escalation',
      'decision',
      'guard',
      'handover',
      'notice',
    ]);
    expect(bench.notices).toEqual([{ kind: 'rung', id: notice!.id, severity: 'critical' }]);
    expect(bench.leased()).toEqual([]);
  });

  test('and on the way, where a notice is followed by another action', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', '{ notify: {} }', AWAY]);
    await resetFails(bench);
    expect(bench.chain()).toMatchObject([
      { state: 'escalated', action: 'reset-nodes' },
      { state: 'escalated', action: 'notify' },
      { state: 'running', action: 'migrate-nodes', ladder: { rung: 2 } },
    ]);
    expect(bench.notices).toEqual([{ kind: 'rung', id: bench.chain()[1]!.id }]);
    expect(bench.chain()[2]!.reason).toMatchObject({ escalatedFrom: bench.chain()[1]!.id });
    Object.assign(bench.jobs[1]!, { phase: 'Failed', message: 'no capacity' });
    await bench.advance(2 * MINUTE);
    expect(bench.chain()[2]!.receipts.at(-1)).toMatchObject({
      step: 'handover',
      rungs: [
        { action: 'reset-nodes', result: 'job job-1 failed: no image' },
        { action: 'notify', result: 'a notice was sent' },
        { action: 'migrate-nodes', result: 'job job-2 failed: no capacity' },
      ],
    });
  });
});

describe('a ladder that begins with a notice', () => {
  test('and has nothing else is a case for a person, told once however often the alert comes', async () => {
    const bench = createLadder(['{ notify: { severity: warning } }']);
    const { remediations, ignored } = await bench.receive(firing(NODE));
    expect(ignored).toEqual([]);
    expect(remediations).toMatchObject([{ rule: 'card-lost', node: NODE, state: 'needs-human' }]);
    await bench.receive(firing(NODE));
    await bench.advance(MINUTE);
    expect(bench.remediations()).toMatchObject([
      { action: 'notify', state: 'needs-human', why: expect.stringContaining(`fp-CardLost-${NODE}`) },
    ]);
    expect(bench.notices).toEqual([{ kind: 'rung', id: remediations[0]!.id, severity: 'warning' }]);
    expect(bench.requests).toEqual([]);
  });

  test('and goes on calls the next rung at once', async () => {
    const bench = createLadder(['{ notify: {} }', '{ reset-nodes: {} }']);
    const { remediations } = await bench.receive(firing(NODE));
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(bench.chain()).toMatchObject([
      { id: remediations[0]!.id, action: 'notify', state: 'escalated' },
      { action: 'reset-nodes', state: 'running', ladder: { root: remediations[0]!.id, rung: 1 } },
    ]);
    expect(bench.resets()).toHaveLength(1);
    expect(bench.notices).toHaveLength(1);
  });

  test('goes on as it began, though its rule begins otherwise by now', async () => {
    const bench = createLadder(['{ reset-nodes: {} }']);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.endJob('job-1');
    await bench.advance(2 * MINUTE);
    bench.rules.rules[0]!.ladder.unshift({ action: 'notify' });
    await bench.receive(firing(NODE));
    await bench.advance(MINUTE);
    expect(statesOf(bench.remediations())).toEqual(['succeeded']);
    expect(bench.resets()).toHaveLength(1);
  });

  test('only observes where the mode says so', async () => {
    const bench = createBench(
      rulesOf(['{ notify: {} }', '{ reset-nodes: {} }']).replace('mode: act', 'mode: observe'),
    );
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(statesOf(bench.remediations())).toEqual(['observed', 'observed']);
    expect(bench.remediations().map(({ receipts }) => receipts.some(({ step }) => step === 'guard'))).toEqual(
      [true, true],
    );
    expect(bench.notices).toEqual([]);
    expect(bench.resets()).toEqual([]);
  });

  test('sends the notice when the sender repeats an alert whose notice failed at first', async () => {
    const bench = createLadder(['{ notify: {} }']);
    const { send } = bench.services.notices;
    bench.services.notices.send = () => Promise.reject(new Error('SQS is away'));
    await expect(bench.receive(firing(NODE))).rejects.toThrow('Send the same again');
    bench.services.notices.send = send;
    await bench.receive(firing(NODE));
    expect(bench.notices).toHaveLength(1);
  });
});

describe('rounds', () => {
  test('after so many ladders within the time the next one goes to a person at once, with the history', async () => {
    const bench = createLadder(['{ reset-nodes: {} }'], 'rounds: { max: 2, within: 3d }');
    const round = async () => {
      bench.nodes.get(NODE)!.phase = 'Abnormal';
      await bench.receive(anew(bench));
      await bench.advance(5_000);
      const job = bench.jobs.at(-1);
      if (job?.phase === 'Running') bench.endJob(job.jobId);
      await bench.advance(8 * HOUR, 5 * MINUTE);
      return bench.remediations().at(-1)!;
    };
    const first = await round();
    const second = await round();
    expect(statesOf([first, second])).toEqual(['succeeded', 'succeeded']);
    const third = await round();
    expect(third).toMatchObject({
      state: 'needs-human',
      why: expect.stringMatching(
        new RegExp(`^2 ladders .*the limit is 2 .*within 3 d.*${first.id}.*${second.id}`),
      ),
    });
    expect(bench.resets()).toHaveLength(2);
    expect(bench.recordOf().rounds.map(({ root }: any) => root)).toEqual([first.id, second.id]);
    await bench.advance(3 * DAY, 10 * MINUTE);
    expect(await round()).toMatchObject({ state: 'succeeded' });
  });

  test('a ladder counts once, however many rungs and tries it has', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', '{ reset-nodes: {} }', AWAY], 'rounds: { max: 1 }');
    let throttled = 2;
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes' && (throttled -= 1) >= 0)
        throw apiError(endpoint, { outcome: 'refused', transient: true, status: 429 });
    };
    await bench.receive(firing(NODE));
    await bench.advance(5 * MINUTE);
    for (const rung of [1, 2]) {
      Object.assign(bench.jobs.at(-1)!, { phase: 'Failed' });
      bench.nodes.get(NODE)!.phase = 'Abnormal';
      await bench.advance(5 * MINUTE);
      expect(bench.chain()).toHaveLength(rung + 1);
    }
    expect(statesOf(bench.chain())).toEqual(['escalated', 'escalated', 'running']);
    expect(bench.recordOf().rounds).toHaveLength(1);
  });

  test('a ladder whose alert resolved right before its call does not count', async () => {
    const bench = createLadder(['{ reset-nodes: {} }'], 'rounds: { max: 1 }');
    const { put } = bench.store;
    bench.store.put = async (document, version) => {
      if (document.pk.startsWith('call#')) {
        bench.store.put = put;
        await bench.receive({ ...firing(NODE), status: 'resolved' });
      }
      return put(document, version);
    };
    await bench.receive(firing(NODE));
    await bench.advance(MINUTE);
    expect(statesOf(bench.remediations())).toEqual(['skipped']);
    await bench.receive(anew(bench));
    await bench.advance(5_000);
    expect(statesOf(bench.remediations())).toEqual(['skipped', 'running']);
  });

  test('an alert that has resolved needs no person, however many ladders there were', async () => {
    const bench = createLadder(['{ reset-nodes: {} }'], 'rounds: { max: 1 }');
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    const again = anew(bench);
    await bench.receive(again);
    await bench.receive({ ...again, status: 'resolved' });
    await bench.advance(MINUTE);
    expect(bench.remediations().at(-1)).toMatchObject({ state: 'skipped' });
    // During the cooldown, too: it would be the same afterwards.
    await bench.receive(anew(bench));
    await bench.advance(MINUTE);
    expect(bench.remediations().at(-1)).toMatchObject({ state: 'needs-human' });
  });
});

/**
 * From now on, every write and every message counts. With the `killAt`th the process dies: nothing that it had begun gets any
 * further, until the next one is alive.
 */
function mortal(bench: Bench, killAt: readonly number[]) {
  let operations = 0;
  let alive = true;
  const deadly = <Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) => {
    return (...given: Given): Promise<Result> => {
      operations += 1;
      if (killAt.includes(operations)) alive = false;
      return alive ? work(...given) : Promise.reject(new Error('killed'));
    };
  };
  const { services, store } = bench;
  store.put = deadly(store.put);
  for (const queue of [services.follow, services.notices, ...Object.values(services.commands)])
    queue.send = deadly(queue.send);
  const { before } = bench.api;
  bench.api.before = (endpoint, body) => {
    if (!alive) throw new Error('killed');
    void before(endpoint, body);
  };
  return {
    operations: () => operations,
    /** Whether the process had died; the next one begins. */
    revive: () => {
      const died = !alive;
      alive = true;
      return died;
    },
  };
}

describe('a process that dies at any write or message of an escalation', () => {
  test.each([
    ['after a job that failed', 'job'],
    ['after a refusal', 'refusal'],
  ] as const)('leaves one next remediation, called once: %s', async (_name, kind) => {
    let deaths = 0;
    for (let killAt = 1; killAt <= 30; killAt += 1) {
      const bench = createLadder(['{ reset-nodes: {} }', '{ notify: {} }', AWAY]);
      if (kind === 'refusal')
        bench.api.before = (endpoint) => {
          if (endpoint === 'batchResetNodes') throw apiError(endpoint, refusal);
        };
      await bench.receive(firing(NODE));
      if (kind === 'job') {
        await bench.advance(5_000);
        Object.assign(bench.jobs[0]!, { phase: 'Failed', message: 'no image' });
        bench.nodes.get(NODE)!.phase = 'Abnormal';
      }
      const life = mortal(bench, [killAt]);
      for (let step = 0; step < 40; step += 1) {
        await bench.advance(30_000, 30_000);
        if (life.revive()) deaths += 1;
      }
      for (const { jobId, phase } of bench.jobs) if (phase === 'Running') bench.endJob(jobId);
      await bench.advance(5 * MINUTE);

      const at = `killed at operation ${killAt}`;
      // A refusal that was not written down is an answer that was lost, and never asked for again.
      const isLost = kind === 'refusal' && bench.remediations().length === 1;
      expect(bench.bodies('batchMigrateNodes'), at).toHaveLength(isLost ? 0 : 1);
      expect(statesOf(bench.chain()), at).toEqual(
        isLost ? ['needs-human'] : ['escalated', 'escalated', 'succeeded'],
      );
      if (isLost) continue;
      expect(bench.remediations(), at).toHaveLength(3);
      expect(bench.leased(), at).toEqual([]);
      expect(new Set(bench.notices.map(({ id }) => id)), at).toEqual(new Set([bench.chain()[1]!.id]));
      expect([bench.queues.commands, bench.queues.follow], at).toEqual([[], []]);
    }
    expect(deaths).toBeGreaterThan(10);
  });

  test('the next command, sent again by any process that finds it, waits until the node is released', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    Object.assign(bench.jobs[0]!, { phase: 'Failed' });
    bench.nodes.get(NODE)!.phase = 'Abnormal';
    const { put } = bench.store;
    // Dies when the next remediation is there, and before the first one has ended.
    bench.store.put = (document, version) =>
      (document['value'] as Remediation).state === 'escalated'
        ? Promise.reject(new Error('killed'))
        : put(document, version);
    await bench.advance(2 * MINUTE, 30_000);
    bench.store.put = put;
    const [reset, migration] = bench.remediations();
    expect(statesOf([reset!, migration!])).toEqual(['verifying', 'submitting']);
    await bench.services.commands['migrate-nodes'].send([{ body: JSON.stringify(commandOf(migration!)) }]);
    await bench.drain('commands');
    expect(bench.remediations()[1]).toMatchObject({
      state: 'deferred',
      why: `it waits: remediation ${reset!.id} has worked on the node since ${bench.holdOf().since}`,
    });
    await bench.advance(10 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'running']);
    expect(bench.bodies('batchMigrateNodes')).toHaveLength(1);
  });
});

describe('nothing but the ladder goes on from a rung that is known not to have helped', () => {
  test('no other call', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', AWAY]);
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes') throw apiError(endpoint, refusal);
    };
    await bench.receive(firing(NODE));
    const { put } = bench.store;
    bench.store.put = (document, version) =>
      (document['value'] as Remediation).action === 'migrate-nodes'
        ? Promise.reject(new Error('killed'))
        : put(document, version);
    await bench.drain('commands');
    bench.store.put = put;
    const [reset] = bench.remediations();
    expect(reset).toMatchObject({ state: 'submitting', ladder: { failedAt: iso(bench.now()) } });
    expect(isOpen(reset!)).toBe(false);
    const claim = { remediation: reset!, targets: [NODE] };
    expect(await claimRemediation(bench.services, claim, 'another-call', bench.now())).toMatchObject({
      claimed: false,
    });
    await bench.advance(10 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'running']);
  });

  test('and no look that saw its job still running', async () => {
    const bench = createLadder(['{ reset-nodes: {} }', '{ notify: {} }']);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    const { put } = bench.store;
    const gate = Promise.withResolvers<void>();
    const stood = Promise.withResolvers<void>();
    bench.store.put = async (document, version) => {
      stood.resolve();
      await gate.promise;
      return put(document, version);
    };
    const copy = bench.queues.follow[0]!;
    const slow = bench.pass(2 * MINUTE);
    await stood.promise;
    bench.store.put = put;
    Object.assign(bench.jobs[0]!, { phase: 'Failed' });
    bench.queues.follow.push(copy);
    await bench.drain('follow');
    expect(statesOf(bench.chain())).toEqual(['escalated', 'needs-human']);
    gate.resolve();
    await slow;
    expect(statesOf(bench.chain())).toEqual(['escalated', 'needs-human']);
  });
});

test('with any results of its rungs, however often messages come and processes die, a ladder has one end', async () => {
  const results = ['helps', 'fails', 'unwell', 'refused'] as const;
  const rung = fc.oneof(
    { weight: 1, arbitrary: fc.constant('notify' as const) },
    { weight: 3, arbitrary: fc.record({ result: fc.constantFrom(...results), verified: fc.boolean() }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(rung, { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 3 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 3 })),
      async (rungs, killAt, copies) => {
        const bench = createLadder(
          rungs.map((one, index) =>
            one === 'notify'
              ? '{ notify: {} }'
              : `{ reset-nodes: { nodeConfig: { imageId: r${index} } }${one.verified ? ', verify: { healthyFor: 1m, within: 5m }' : ''} }`,
          ),
        );
        const resultOf = (image: string) => {
          const one = rungs[Number(image.slice(1))]!;
          return one === 'notify' ? 'fails' : one.result;
        };
        const images: string[] = [];
        bench.api.before = (endpoint, body) => {
          if (endpoint === 'batchResetNodes' && resultOf(body.nodeConfig.imageId) === 'refused')
            throw apiError(endpoint, refusal);
        };
        bench.api.after = (endpoint, body) => {
          if (endpoint === 'batchResetNodes') images.push(body.nodeConfig.imageId);
        };
        await bench.receive(firing(NODE));
        const life = mortal(bench, killAt);
        let deaths = 0;
        for (let step = 0; step < 160; step += 1) {
          const times = copies.next().value;
          await bench.drain('commands', times);
          await bench.drain('follow', times);
          await bench.advance(30_000, 30_000);
          if (life.revive()) deaths += 1;
          for (const [index, job] of bench.jobs.entries()) {
            if (job.phase !== 'Running' || bench.now() - job.startedAtMs < 2 * MINUTE) continue;
            const result = resultOf(images[index]!);
            bench.endJob(job.jobId, result === 'fails' ? 'Failed' : 'Success');
            bench.nodes.get(NODE)!.phase = result === 'helps' ? 'Available' : 'Abnormal';
          }
        }

        // Nothing is called twice, and nothing is left.
        expect(new Set(images).size).toBe(images.length);
        expect(bench.remediations().filter(({ state }) => !hasEnded(state))).toEqual([]);
        expect([bench.queues.commands, bench.queues.follow]).toEqual([[], []]);
        const chain = bench.chain();
        expect(chain).toHaveLength(bench.remediations().length);
        const last = chain.at(-1)!;
        expect(statesOf(chain.slice(0, -1)).every((state) => state === 'escalated')).toBe(true);
        for (const { id } of chain.filter(({ action }) => action === 'notify'))
          expect(bench.notices.filter((notice) => notice.id === id).length >= 1).toBe(true);

        const helps = rungs.findIndex((one) => one !== 'notify' && one.result === 'helps');
        const isLost = last.receipts.some(({ step }) => step === 'deadline');
        if (isLost) {
          expect([deaths > 0, last.state]).toEqual([true, 'needs-human']);
        } else {
          // A lease that a death has left behind a single rung is the sweep's to find.
          if (rungs.length > 1 || deaths === 0) expect(bench.leased()).toEqual([]);
          expect([last.ladder!.rung, last.state]).toEqual(
            helps === -1 ? [rungs.length - 1, 'needs-human'] : [helps, 'succeeded'],
          );
        }
      },
    ),
    { numRuns: runs(30) },
  );
});
