import { describe, expect, test } from 'vitest';
import type { ActionDefinition } from '#lib/actions/action';
import { alertDocumentKey } from '#lib/ledger/alert-document';
import { updateDocument } from '#lib/ledger/change';
import { type NodeRecord, nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import type { RemediationFields } from '#lib/ledger/remediation-fields';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { gatherFacts } from '#lib/remediation/planning/facts';
import { readLeaving } from '#lib/remediation/planning/outgoing-nodes';
import { planOf } from '#lib/remediation/planning/plan';
import { stopsWithPerson } from '#lib/remediation/planning/refused-alert';
import { reportNodes } from '#lib/remediation/planning/report-nodes';
import { targetsOf } from '#lib/remediation/planning/targets';
import { at, factsOf, HOUR, held, MINUTE, NOW, poolOfNodes, record } from '#test/capacity/pool-facts';
import { createBench } from '../bench.ts';
import { at as inPhase } from '../lifecycle/in-phase.ts';

const RULES = `
pools:
  a: { id: pool-a, budget: { perDay: 3, maxUnavailable: 1 } }
rules:
  - name: lost
    node: { from: labels.instance }
    pool: a
    mode: act
    phase: [Abnormal]
    ladder: [ { reset-nodes: {} }, { notify: {} } ]
`;

const REFERENCE = { fingerprint: 'fp', startsAt: at(-HOUR) };

const command = (more: Partial<RemediationFields> = {}) =>
  inPhase('undecided', {
    pool: 'pool-a',
    rule: 'lost',
    nodes: ['n1'],
    reason: { source: 's' },
    alerts: [REFERENCE],
    ladder: { root: 'r-1', rung: 0 },
    ...more,
  });

const addressed = (size: number): PoolNode[] =>
  poolOfNodes(size).map((node, index) => ({ ...node, privateIp: `10.0.0.${index + 1}` }));

const readingOf = (nodes: readonly PoolNode[]): PoolReading => ({ nodes, destinations: new Map() });

/** The facts about the targets of a command, with this in the ledger. */
async function factsWith(
  remediation: ReturnType<typeof command>,
  known: Partial<PoolRecord> = {},
  arrange: (bench: ReturnType<typeof createBench>) => Promise<unknown> = () => Promise.resolve(),
) {
  const bench = createBench(RULES);
  await arrange(bench);
  const pool = bench.services.rules.pools[0]!;
  const seen = {
    pool,
    window: { open: true as const, why: 'it has none' },
    poolRecord: record(known),
    waiting: [],
    readAtMs: NOW,
    releasesBefore: 0,
    reading: readingOf(addressed(4)),
    leaving: new Map<string, string>(),
  };
  return (await gatherFacts(bench.services, [remediation], seen)).get(remediation.id) ?? [];
}

const phasesOf = async (parts?: boolean) => {
  const own = { remediation: 'r-1', nodes: ['n1'], alerts: [REFERENCE] };
  const whole = { nodes: ['n2'], ...(parts && { parts: [own, { ...own, nodes: ['n2'] }] }) };
  const all = await factsWith(command({ whole }));
  return Object.fromEntries(all.map(({ target, limits }) => [target, limits.phase]));
};

describe('the facts about a node', () => {
  test('have the ladder that holds it in its history, beside those that are there', async () => {
    const round = { rule: 'lost', root: 'r-9' };
    const before = { ...round, root: 'r-8', at: at(-HOUR) };
    const history: NodeRecord = { pool: 'pool-a', node: 'n1', rounds: [before] };
    const [facts] = await factsWith(command(), { held: { n1: held('r-9', { round }) } }, ({ services }) =>
      updateDocument<NodeRecord>(
        services.store,
        nodeRecordKind,
        nodeRecordKey('pool-a', 'n1'),
        () => history,
      ),
    );
    expect(facts?.record?.rounds).toEqual([before, { ...round, at: at(-MINUTE) }]);
  });

  test('name an alert that cannot be read, without which nothing is judged', async () => {
    const key = alertDocumentKey('s', 'fp');
    const [facts] = await factsWith(command(), {}, ({ services }) =>
      services.store.put({ ...key, version: 1, writeId: 'w', value: 'odd' }, 0),
    );
    expect(facts?.unreadable).toMatchObject([{ document: { pk: key.pk } }]);
  });

  test('demand the phase of the rule of each node that was reported', async () => {
    expect(await phasesOf()).toEqual({ n1: ['Abnormal'], n2: undefined });
    expect(await phasesOf(true)).toEqual({ n1: ['Abnormal'], n2: ['Abnormal'] });
  });
});

const named = (more: Partial<RemediationFields>) =>
  targetsOf(command(more), readingOf(addressed(4)), 0).map(({ target }) => target);

describe('the targets of a command', () => {
  test('are each node once, by its name where the command gives both', () => {
    expect(named({ nodes: ['10.0.0.1', 'n1', '10.0.0.2'] })).toEqual(['n1', '10.0.0.2']);
    expect(named({ nodes: ['n1', '10.0.0.1'] })).toEqual(['n1']);
  });

  test.each([
    ['succeeded', 'reset-nodes', false],
    ['verifying', 'reset-nodes', false],
    ['failed', 'reset-nodes', false],
    ['skipped', 'reset-nodes', false],
    ['waiting', 'reset-nodes', true],
    ['failed', 'update-nodes', true],
    ['succeeded', 'update-nodes', false],
  ] as const)('leave out a node that %s, of %s that was called for another: %s', (state, action, isLeft) => {
    const known = {
      action,
      nodes: ['n1', 'n2'],
      outcomes: { n1: { state }, n2: { state: 'succeeded' as const } },
    };
    expect(named(known)).toEqual(isLeft ? ['n1'] : []);
  });

  test('leave out an address whose node is done, though another node bears it by now', () => {
    const resolved = { '10.0.0.1': { node: 'n9', since: at(-HOUR) } };
    const done = { intendedAt: at(-HOUR), resolved, outcomes: { n9: { state: 'succeeded' as const } } };
    expect(named({ nodes: ['10.0.0.1'], ...done })).toEqual([]);
    expect(named({ nodes: ['10.0.0.1'], ...done, outcomes: {} })).toEqual(['10.0.0.1']);
  });
});

const reported = async (names: readonly string[], more: Partial<RemediationFields> = {}, known = {}) => {
  const { services } = createBench(RULES);
  await updateDocument<PoolRecord>(services.store, poolRecordKind, poolRecordKey('pool-a'), () => ({
    ...emptyPoolRecord('pool-a', NOW),
    ...known,
  }));
  const facts = names.map((of) => factsOf(addressed(10), { of, remediation: command(more) }));
  const after = await reportNodes(services.rules.pools[0]!, facts, services);
  return { reported: Object.keys(after?.reported ?? {}), nodes: after?.storm?.nodes };
};

describe('a storm', () => {
  /** The document of a pool of ten after alerts about these nodes; its budget for a day is three. */

  test('is of more nodes than may be worked on in a day, and not of more than may be out at once', async () => {
    expect(await reported(['n1', 'n2', 'n3'])).toEqual({ reported: ['n1', 'n2', 'n3'], nodes: undefined });
    expect(await reported(['n1', 'n2', 'n3', 'n4'])).toMatchObject({ nodes: 4 });
  });

  test('counts the nodes of its beginning while it lasts', async () => {
    const storm = { since: at(-HOUR), until: at(HOUR), nodes: 40, told: true };
    expect(await reported(['n1'], {}, { storm })).toMatchObject({ nodes: 40 });
  });

  test('counts a node for an alert once, and not for a rung after a call, or one that was judged', async () => {
    const none = { reported: [], nodes: undefined };
    expect(await reported(['n1'], { callId: 'call-1' })).toEqual(none);
    expect(await reported(['n1'], { judged: 'targets' })).toEqual(none);
    expect(await reported(['n1'], { judged: 'targets', notSeen: { n1: at(-MINUTE) } })).toMatchObject({
      reported: ['n1'],
    });
  });
});

test('what leaves a pool is what is held for it, and a node pool whose deletion did not fail within an hour', async () => {
  const { services } = createBench(RULES);
  const { store } = services;
  await updateDocument<PoolRecord>(store, poolRecordKind, poolRecordKey('pool-a'), () => ({
    ...emptyPoolRecord('pool-a', NOW),
    held: { 'nodepool/held': held('r-1', { action: 'delete-node-pool', disruptive: false }) },
  }));
  const deleted = async (name: string, outcome: string, endedMs: number) => {
    const node = `nodepool/${name}`;
    const last = {
      remediation: `of ${name}`,
      action: 'delete-node-pool',
      calledAt: at(-3 * HOUR),
      endedAt: at(endedMs),
      outcome,
    };
    const history: NodeRecord = { pool: 'pool-a', node, last };
    await updateDocument<NodeRecord>(store, nodeRecordKind, nodeRecordKey('pool-a', node), () => history);
  };
  await deleted('gone', 'succeeded', -HOUR + 1);
  await deleted('failed', 'failed', -MINUTE);
  await deleted('back', 'succeeded', -HOUR);
  const nodePools = ['held', 'gone', 'failed', 'back', 'other'].map((name) => ({ name }) as never);
  const asked = { pool: 'pool-a', action: 'delete-node-pool' } as const;
  const leaving = await readLeaving(store, { nodes: [], nodePools }, asked, NOW);
  expect([...leaving]).toEqual([
    ['gone', 'of gone'],
    ['held', 'r-1'],
  ]);
});

const action = (remark: string, change: string) =>
  ({
    terms: () => ({}),
    request: (nodeNames: readonly string[]) => ({ nodeNames }),
    remarks: () => [remark],
    changes: () => change,
  }) as unknown as ActionDefinition<Record<string, unknown>>;
const hash = (remark: string, change: string, phases: Record<string, string> = {}) =>
  planOf(action(remark, change), command(), [factsOf(poolOfNodes(1, phases))], NOW)?.hash;
const hashes = [
  hash('one more node', 'c'),
  hash('two more nodes', 'c'),
  hash('one more node', 'd'),
  hash('one more node', 'c', { n1: 'Abnormal' }),
];

test('a plan has another hash if its remarks, its changes or the states of its nodes are others', () => {
  expect(new Set(hashes).size).toBe(4);
  expect(hash('one more node', 'c')).toBe(hashes[0]);
});

const no = (guard: string, more = {}) => ({ guard, allowed: false, why: guard, ...more });

describe('a rung that is refused while its alert fires', () => {
  const { rules } = createBench(RULES).services;
  const stops = (rung: number, ...verdicts: ReturnType<typeof no>[]) =>
    stopsWithPerson(
      command({ ladder: { root: 'r-1', rung } }),
      [{ facts: factsOf(poolOfNodes(1)), verdicts }],
      rules,
    );

  test.each<[string, number, ReturnType<typeof no>[], string | undefined]>([
    ['needs a person', 0, [no('supernode')], 'supernode'],
    ['needs a person, with the reason that hands it over', 0, [no('a'), no('b', { handsOver: true })], 'b'],
    [
      'needs none if the alert is over, beside any other refusal',
      0,
      [no('supernode'), no('alert-firing')],
      undefined,
    ],
    ['needs none at first if the node is gone', 0, [no('node-present')], undefined],
    ['needs one later if the node is gone', 1, [no('node-present')], 'node-present'],
    ['needs none if it only waits', 0, [no('budget', { defers: true })], undefined],
  ])('%s', (_name, rung, verdicts, why) => {
    expect(stops(rung, ...verdicts)).toBe(why);
  });
});
