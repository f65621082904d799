import { describe, expect, test } from 'vitest';
import { type Call, callKey, callKind } from '#lib/ledger/call';
import { createDocument, readDocument } from '#lib/ledger/change';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { RemediationFields } from '#lib/ledger/remediation-fields';
import { createPoolReader, type KeepNodes } from '#lib/modelarts/reading/pool-reader';
import { calledAtMs } from '#lib/remediation/tracking/observation';
import { beginReading, pollPool } from '#lib/remediation/tracking/poll-pool';
import { recordJob } from '#lib/remediation/tracking/record-job';
import { expireCall, settleCall } from '#lib/remediation/tracking/settle';
import { readView } from '#lib/remediation/tracking/view';
import { held } from '#test/capacity/pool-facts';
import { apiError, createBench, nodeName, POOL } from '#test/remediation/bench';
import { call as anyCall, at } from '../lifecycle/in-phase.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-20T10:00:00Z');
const NODE = nodeName(1);
const OTHER = nodeName(2);

type Bench = ReturnType<typeof createBench>;

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** An accepted reset of the first node. */
function accepted(more: Partial<Call> = {}): Call {
  const times = { createdAt: iso(NOW), callingAt: iso(NOW), deadline: iso(NOW + 60 * MINUTE) };
  const members = [{ remediation: 'r-1', targets: [NODE] }];
  return { ...anyCall, pool: POOL, jobId: 'job-1', members, ...times, ...more };
}

const keep = ({ store }: Bench, more: Partial<RemediationFields> = {}) =>
  keepOne(store, at('running', { pool: POOL, acceptedCalls: ['call-1'], ...more }));

const keepOne = (store: Bench['store'], remediation: Remediation) =>
  createDocument<Remediation>(store, remediationKind, remediationKey(remediation.id), remediation);

const keepCall = ({ store }: Bench, call: Call) =>
  createDocument<Call>(store, callKind, callKey(call.id), call);

const KEEPS_NOTHING: KeepNodes = (_pool, read) => read();

const readerOf = ({ services, invocation }: Bench) =>
  createPoolReader(services.modelarts(), { pool: POOL, keep: KEEPS_NOTHING }, invocation());

const pollAll = (bench: Bench, calls: readonly Call[]) => {
  const { services } = bench;
  const invocation = bench.invocation();
  return pollPool(
    calls,
    beginReading(POOL, calls.map(calledAtMs), services, invocation),
    services,
    invocation,
  );
};

const poll = async (bench: Bench, call: Call, seen?: Call['seen']) => {
  const [polled] = await pollAll(bench, [{ ...call, ...(seen && { seen }) }]);
  return polled!;
};

test('the jobs of a pool are asked for from some minutes before its oldest call on', async () => {
  const bench = createBench();
  const calls = [0, -30 * MINUTE].map((ms) => accepted({ callingAt: iso(NOW + ms) }));
  await pollAll(bench, calls);
  const since = bench.requests.map(({ input }) => input.query?.since);
  expect(since[0]).toBe(NOW - 35 * MINUTE);
});

test.each([
  [59, false],
  [61, true],
])('a job that the list lacks after %d seconds is asked for by its path: %s', async (seconds, isAsked) => {
  const bench = createBench();
  bench.stand(seconds * 1000);
  await poll(bench, accepted());
  expect(bench.requests.some(({ endpoint }) => endpoint === 'showJob')).toBe(isAsked);
});

test.each([
  ['running', NOW - 1, 'running'],
  ['running', NOW + 1, 'needs-human'],
  ['missing', NOW + 1, 'needs-human'],
  ['suspended', NOW + 1, 'needs-human'],
] as const)(
  'a poll that sees a job %s, of a remediation since %d, leaves it %s',
  async (kind, since, state) => {
    const bench = createBench();
    const person = at('needs-human', {
      pool: POOL,
      callId: 'call-1',
      acceptedCalls: ['call-1'],
      stateSince: iso(since),
      outcomes: { [NODE]: { state: 'running' } },
    });
    await keepOne(bench.store, person);
    await recordJob(accepted(), { kind, beganAtMs: NOW, isNews: true }, bench.services, bench.invocation());
    expect(bench.remediations()[0]?.state).toBe(state);
  },
);

const lost = (state: Call['state']) => {
  const members = [{ remediation: 'r-1', targets: ['np-1'] }];
  const { jobId: _none, ...call } = accepted({ action: 'delete-node-pool', state, members });
  const bench = createBench();
  bench.pools.get(POOL)!.nodePools = new Map([['np-1', { name: 'np-1', resources: { count: 1 } } as never]]);
  return { bench, call };
};

describe('the deletion of a node pool whose answer was lost', () => {
  test('is looked for only when no process can still be sending it', async () => {
    const { bench, call } = lost('calling');
    bench.stand(MINUTE - 1);
    expect(await poll(bench, call)).toMatchObject({ ended: false });
    expect(bench.requests).toEqual([]);
  });

  test('is given up when two polls after ten minutes have seen no sign of it', async () => {
    const { bench, call } = lost('lost');
    await keepCall(bench, call);
    await keep(bench, { nodePool: 'np-1' });
    bench.stand(10 * MINUTE);
    const first = await poll(bench, call);
    expect(first.ended).toBe(false);
    expect(await poll(bench, call, first.seen)).toMatchObject({ ended: true });
  });

  test('has come about if the API knows it no more, though the list cannot be read', async () => {
    const { bench, call } = lost('accepted');
    bench.pools.get(POOL)!.nodePools!.clear();
    bench.api.before = (endpoint) => {
      if (endpoint === 'listNodePools') throw apiError(endpoint, { status: 500 });
    };
    const view = await readView(call, readerOf(bench));
    expect(view?.nodePoolsByName?.get('np-1')).toBe('none');
  });
});

const overdue = async (more: Partial<Call>, seen: Call['seen'], afterMs: number) => {
  const bench = createBench();
  const call = accepted(more);
  await keepCall(bench, call);
  await keep(bench);
  bench.stand(60 * MINUTE + afterMs);
  return (await poll(bench, call, seen)).ended;
};

describe('a call at its deadline', () => {
  test('is given up', async () => {
    expect(await overdue({}, { kind: 'running' }, -1)).toBe(false);
    expect(await overdue({}, { kind: 'running' }, 0)).toBe(true);
  });

  test('releases its nodes, where nothing can still work on them', async () => {
    const bench = createBench();
    const { jobId: _none, ...known } = accepted({ action: 'update-nodes', request: { action: 'addTags' } });
    const call = { ...known, answer: { succeeded: [NODE], failed: {} } };
    await keepCall(bench, call);
    await keep(bench, {
      action: 'update-nodes',
      nodes: [NODE],
      callId: 'call-1',
      outcomes: { [NODE]: { state: 'verifying' } },
    });
    await createDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), {
      ...emptyPoolRecord(POOL, NOW),
      held: { [NODE]: held('r-1', { action: 'update-nodes' }) },
    });
    bench.stand(60 * MINUTE);
    await expireCall(call, undefined, bench.services, bench.invocation());
    expect(bench.remediations()[0]?.state).toBe('needs-human');
    expect(bench.leased()).toEqual([]);
  });

  test.each([
    ['has a job', 'c-9', undefined, 1],
    ['was lost, and counted then', undefined, { message: 'lost' }, 0],
    ['was never answered', undefined, undefined, 1],
  ])('counts for the breaker where it %s', async (_name, jobId, error, failures) => {
    const bench = createBench();
    const { jobId: _job, ...known } = accepted({ state: 'lost' });
    const call = { ...known, ...(jobId && { jobId }), ...(error && { error }) };
    await keepCall(bench, call);
    await keepOne(bench.store, at('calling', { pool: POOL, callId: 'call-1' }));
    bench.stand(60 * MINUTE);
    await poll(bench, call);
    const record = await readDocument(bench.store, poolRecordKind, poolRecordKey(POOL));
    expect(record?.breaker?.failures ?? 0).toBe(failures);
  });
});

const settled = async (remediation: Remediation, targets: readonly string[]) => {
  const bench = createBench();
  const call = accepted({ members: [{ remediation: 'r-1', targets: [...targets] }] });
  await keepOne(bench.store, remediation);
  await createDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), {
    ...emptyPoolRecord(POOL, NOW),
    held: Object.fromEntries(targets.map((target) => [target, held('r-1')])),
  });
  const nodes = targets.map((name) => bench.nodes.get(name)!);
  for (const node of nodes) node.phase = 'Available';
  const view = await readView(call, readerOf(bench));
  if (!view) throw new Error('the pool could not be read');
  await settleCall(call, view, NOW, bench.services, bench.invocation());
  return bench;
};

describe('the end of a job', () => {
  test('settles no node that has failed before it', async () => {
    const bench = await settled(
      at('running', {
        pool: POOL,
        nodes: [NODE, OTHER],
        acceptedCalls: ['call-1'],
        outcomes: { [NODE]: { state: 'failed' }, [OTHER]: { state: 'running' } },
      }),
      [NODE, OTHER],
    );
    const [after] = bench.remediations();
    expect(after?.outcomes[NODE]).toEqual({ state: 'failed' });
    expect(after?.outcomes[OTHER]?.state).not.toBe('running');
  });

  test('brings the rest of a command back at once, which waits for a time', async () => {
    const bench = await settled(
      at('waiting', {
        pool: POOL,
        nodes: [NODE, OTHER],
        acceptedCalls: ['call-1'],
        callId: 'call-1',
        deferredUntil: iso(NOW + 60 * MINUTE),
        outcomes: { [NODE]: { state: 'verifying' }, [OTHER]: { state: 'waiting' } },
      }),
      [NODE],
    );
    expect(bench.remediations()[0]?.outcomes[NODE]?.state).toBe('succeeded');
    expect(bench.queues.commands.map(({ dueMs }) => dueMs)).toEqual([bench.now()]);
  });
});
