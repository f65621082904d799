import { describe, expect, test } from 'vitest';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { createBench, firing, nodeName, POOL } from '#test/remediation/bench';

const MINUTE = 60_000;
const QUARANTINE = 'pool-quarantine-00000000000000000000000000';
const [A, B, C] = [nodeName(1), nodeName(2), nodeName(3)] as const;
const BATCH = 'os.modelarts.node/batch.uid';
const COUNT = 'os.modelarts.node/batch.count';

const rulesWith = ({ rung = '', rule = 'mode: act', others = '' } = {}) => `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
  quarantine: { id: ${QUARANTINE} }
rules:
  - name: move
    when: { labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    ${rule}
    ladder:
      - migrate-nodes:
          toPoolName: quarantine
          resourceSpec: { flavor: modelarts.vm.2u4g, creatingStep: { step: 3, type: hyperinstance } }
        ${rung}
      - notify: { severity: critical }
${others}`;

/** A rule for another alert that does the same to its node. */
const ANOTHER_RULE = `
  - name: another
    when: { labels: { alertname: FanLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder:
      - migrate-nodes:
          toPoolName: quarantine
          resourceSpec: { flavor: modelarts.vm.2u4g, creatingStep: { step: 3, type: hyperinstance } }
      - notify: { severity: critical }
`;

type Bench = ReturnType<typeof createSupernodeBench>;

/** A pool with a supernode of three nodes, and others. `counted`: their labels say how many they are. */
function createSupernodeBench(rules = rulesWith(), { counted = true } = {}) {
  const bench = createBench(rules, migrateNodes);
  bench.pools.set(QUARANTINE, { nodes: new Map(), clusters: [] });
  for (const name of [A, B, C])
    bench.nodes.get(name)!.labels = { [BATCH]: 'super-1', ...(counted && { [COUNT]: '3' }) };
  return bench;
}

const moved = (bench: Bench): string[][] =>
  bench.bodies('batchMigrateNodes').map(({ migrateNodeNames }) => migrateNodeNames.toSorted());
const statesOf = (bench: Bench) => bench.remediations().map(({ nodes, state }) => [nodes?.[0], state]);
const one = (bench: Bench, node: string) => bench.remediations().find(({ nodes }) => nodes?.[0] === node)!;

describe('a member that waits for its fellows does not move alone', () => {
  const hidings = [
    ['the labels of the others', (bench: Bench) => [B, C].forEach((name) => hide(bench, name))],
    ['the labels of one of them', (bench: Bench) => hide(bench, B)],
    ['its own labels', (bench: Bench) => hide(bench, A)],
  ] as const;

  test.each(hidings.flatMap(([name, hides]) => [true, false].map((counted) => ({ name, hides, counted }))))(
    'when the API hides $name, and labels count the members: $counted',
    async ({ hides, counted }) => {
      const bench = createSupernodeBench(rulesWith(), { counted });
      await bench.receive(firing(A));
      await bench.advance(2 * MINUTE);
      expect(one(bench, A)).toMatchObject({ state: 'deferred' });
      hides(bench);
      await bench.receive(firing(C));
      await bench.advance(30 * MINUTE, 10_000);
      expect(moved(bench)).toEqual([]);
      for (const name of [A, B, C]) bench.nodes.get(name)!.labels = { [BATCH]: 'super-1' };
      await bench.receive(firing(A), firing(B), firing(C));
      await bench.advance(30 * MINUTE, 10_000);
      expect(moved(bench)).toEqual([[A, B, C]]);
    },
  );

  test('but does when the others have left the pool, or are in another supernode', async () => {
    const bench = createSupernodeBench(rulesWith(), { counted: false });
    await bench.receive(firing(A));
    await bench.advance(2 * MINUTE);
    bench.nodes.delete(B);
    bench.nodes.get(C)!.labels = { [BATCH]: 'super-2' };
    await bench.advance(30 * MINUTE, 10_000);
    expect(moved(bench)).toEqual([[A]]);
  });
});

describe('a supernode whose labels do not count its members', () => {
  const any = rulesWith({ rung: 'wholeSupernode: any' });

  test('moves when a second reading has shown a pool of the same size', async () => {
    const bench = createSupernodeBench(any, { counted: false });
    await bench.receive(firing(A));
    await bench.advance(55_000);
    expect(moved(bench)).toEqual([]);
    expect(one(bench, A).why).toContain('no earlier reading shows how many nodes the pool has');
    await bench.advance(2 * MINUTE);
    expect(moved(bench)).toEqual([[A, B, C]]);
  });

  test('is not torn apart where the first reading of the pool is short', async () => {
    const bench = createSupernodeBench(any, { counted: false });
    const node = bench.nodes.get(C)!;
    bench.nodes.delete(C);
    await bench.receive(firing(A));
    await bench.advance(5_000);
    bench.nodes.set(C, node);
    await bench.advance(5 * MINUTE);
    expect(moved(bench)).toEqual([[A, B, C]]);
  });
});

/** The API shows other labels of a node, and no supernode. */
function hide(bench: Bench, name: string): void {
  bench.nodes.get(name)!.labels = { zone: 'a' };
}

describe('alerts for every member of a supernode', () => {
  test('in one delivery become one command for the whole', async () => {
    const bench = createSupernodeBench();
    await bench.receive(firing(A), firing(B), firing(C));
    await bench.advance(5_000);
    expect(moved(bench)).toEqual([[A, B, C]]);
    const acting = bench.remediations().filter(({ state }) => state === 'running');
    expect(acting).toHaveLength(1);
    const joined = bench.remediations().filter(({ state }) => state === 'skipped');
    expect(joined).toHaveLength(2);
    for (const { why, joinedTo } of joined) {
      expect(why).toContain(acting[0]!.id);
      expect(joinedTo).toBe(acting[0]!.id);
    }
    bench.endJob('job-1');
    await bench.advance(2 * MINUTE);
    expect(one(bench, acting[0]!.nodes![0]!)).toMatchObject({
      state: 'succeeded',
      outcomes: { [A]: { state: 'succeeded' }, [B]: { state: 'succeeded' }, [C]: { state: 'succeeded' } },
    });
    expect(bench.leased()).toEqual([]);
  });

  test('one after another, too: the first waits for the others', async () => {
    const bench = createSupernodeBench();
    await bench.receive(firing(B));
    await bench.advance(5_000);
    expect(one(bench, B)).toMatchObject({ state: 'deferred', why: expect.stringContaining(`${A}, ${C}`) });
    await bench.advance(10 * MINUTE);
    await bench.receive(firing(A));
    await bench.advance(10 * MINUTE);
    expect(moved(bench)).toEqual([]);
    await bench.receive(firing(C));
    await bench.advance(2 * MINUTE);
    expect(moved(bench)).toEqual([[A, B, C]]);
    expect(statesOf(bench)).toEqual([
      [B, 'running'],
      [A, 'skipped'],
      [C, 'skipped'],
    ]);
    expect(one(bench, B).alerts).toHaveLength(3);
  });

  test('delivered twice and judged by several functions at once are one call', async () => {
    const bench = createSupernodeBench();
    await bench.receive(firing(A), firing(B), firing(C));
    await bench.drain('commands', 3);
    await bench.advance(10 * MINUTE);
    expect(moved(bench)).toEqual([[A, B, C]]);
  });

  test('by two rules are two commands, and each waits for the members of its own', async () => {
    const bench = createSupernodeBench(rulesWith({ others: ANOTHER_RULE }));
    const other = firing(C);
    await bench.receive(firing(A), firing(B), {
      ...other,
      labels: { ...other.labels, alertname: 'FanLost' },
    });
    await bench.advance(5 * MINUTE);
    expect(moved(bench)).toEqual([]);
    expect(statesOf(bench)).toEqual(
      expect.arrayContaining([
        [A, 'deferred'],
        [C, 'deferred'],
      ]),
    );
  });

  test('that never come leave it to a person, after as long as evidence is acted on', async () => {
    const bench = createSupernodeBench();
    await bench.receive(firing(A), firing(B));
    for (let minutes = 0; minutes < 70; minutes += 10) {
      await bench.advance(10 * MINUTE, 10_000);
      await bench.receive(firing(A), firing(B));
    }
    expect(moved(bench)).toEqual([]);
    expect(bench.remediations().map(({ state }) => state)).toEqual(['needs-human', 'needs-human']);
    expect(one(bench, A).why).toContain(`leaves out ${B}, ${C}; alerts had not reported all of them by`);
    // They look again less and less often.
    expect(one(bench, A).deferrals).toBeLessThan(25);
  });

  test('do not move it after one of them has resolved', async () => {
    const bench = createSupernodeBench();
    await bench.receive(firing(A), firing(B));
    await bench.advance(5 * MINUTE);
    await bench.receive(firing(B, { status: 'resolved', endsAt: '2026-11-20T10:05:00.000Z' }));
    await bench.receive(firing(C));
    await bench.advance(5 * MINUTE);
    expect(moved(bench)).toEqual([]);
    expect(one(bench, B)).toMatchObject({ state: 'skipped' });
    expect(one(bench, A)).toMatchObject({ state: 'deferred' });
  });

  test('leave it to a person when one resolves after they became one command', async () => {
    const bench = createSupernodeBench();
    await bench.receive(firing(A), firing(B), firing(C));
    bench.nodes.get(B)!.phase = 'Creating';
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchMigrateNodes') throw new Error('not to be sent');
    };
    const { put } = bench.store;
    // The process dies once it has put them together.
    let isDead = false;
    bench.store.put = async (document, version) => {
      if (isDead) throw new Error('killed');
      const written = await put(document, version);
      isDead ||= JSON.stringify(document).includes('"whole":{');
      return written;
    };
    await bench.advance(5_000);
    expect(isDead).toBe(true);
    bench.store.put = put;
    bench.nodes.get(B)!.phase = 'Abnormal';
    await bench.receive(firing(B, { status: 'resolved', endsAt: '2026-11-20T10:05:00.000Z' }));
    await bench.advance(15 * MINUTE);
    expect(moved(bench)).toEqual([]);
    expect(bench.remediations().map(({ state }) => state)).toContain('needs-human');
  });
});

describe('one member stands for the whole where the rung says so', () => {
  const any = rulesWith({ rung: 'wholeSupernode: any' });

  test('and the others go with it, though the rule demands a phase of the one', async () => {
    const bench = createSupernodeBench(
      rulesWith({ rung: 'wholeSupernode: any', rule: 'mode: act\n    phase: [Abnormal]' }),
    );
    for (const name of [B, C]) bench.nodes.get(name)!.phase = 'Available';
    await bench.receive(firing(A));
    await bench.advance(5_000);
    expect(moved(bench)).toEqual([[A, B, C]]);
    expect(one(bench, A)).toMatchObject({ state: 'running', nodes: [A], whole: { nodes: [B, C] } });
  });

  test('but not where one of them runs a workload, or is being worked on', async () => {
    for (const happens of [
      (bench: Bench) => bench.workloads.push({ name: 'train', status: 'Running', hostIps: ['10.0.0.2'] }),
      (bench: Bench) => (bench.nodes.get(B)!.phase = 'Creating'),
    ]) {
      const bench = createSupernodeBench(any);
      happens(bench);
      await bench.receive(firing(A));
      await bench.advance(MINUTE);
      expect(moved(bench)).toEqual([]);
    }
  });

  test('and alerts for several of them move it once', async () => {
    const bench = createSupernodeBench(any);
    await bench.receive(firing(A), firing(B), firing(C));
    await bench.drain('commands', 2);
    await bench.advance(5 * MINUTE);
    expect(moved(bench)).toEqual([[A, B, C]]);
  });

  test('and the ladder goes on for those alone that were reported', async () => {
    const bench = createSupernodeBench(any);
    await bench.receive(firing(A));
    await bench.advance(5_000);
    Object.assign(bench.jobs[0]!, { phase: 'Failed' });
    for (const name of [A, B, C]) bench.nodes.get(name)!.phase = 'Abnormal';
    await bench.advance(3 * MINUTE);
    expect(bench.remediations().at(-1)).toMatchObject({ action: 'notify', nodes: [A], state: 'needs-human' });
  });
});

describe('a command that is no rule\u2019s', () => {
  test('names every member itself, or is refused at once', async () => {
    const bench = createSupernodeBench();
    await bench.command({
      action: 'migrate-nodes',
      pool: POOL,
      nodes: [A, B],
      parameters: {
        toPoolName: QUARANTINE,
        resourceSpec: { flavor: 'modelarts.vm.2u4g', creatingStep: { step: 3, type: 'hyperinstance' } },
      },
      mode: 'act',
    });
    await bench.advance(5_000);
    expect(bench.remediations()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining(`leaves out ${C}`) },
    ]);
  });
});

test('a plan that waits for an approval shows every member, and is carried out as one', async () => {
  const bench = createSupernodeBench(rulesWith({ rule: 'mode: approve' }));
  await bench.receive(firing(A));
  await bench.advance(5_000);
  expect(one(bench, A)).toMatchObject({
    state: 'awaiting-approval',
    plan: { request: { migrateNodeNames: [A, B, C] } },
  });
});
