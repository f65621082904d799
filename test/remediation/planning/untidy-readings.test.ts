import { describe, expect, test } from 'vitest';
import { apiError, createBench, firing, nodeName, RULES } from '#test/remediation/bench';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NODE = nodeName(1);

type Bench = ReturnType<typeof createBench>;

const LADDER = RULES.replace(
  '    ladder: [ { reset-nodes: {} } ]\n  - name: watched',
  '    ladder: [ { reset-nodes: {} }, { migrate-nodes: { toPoolName: pool-77aa-6f5da086876d4cd084d36f8bd3346036, resourceSpec: { flavor: f } } } ]\n  - name: watched',
);

/** Answers one endpoint otherwise than it would, for as long as `while` says. */
function answering(
  bench: Bench,
  endpoint: string,
  answer: (reply: any) => unknown,
  isOdd = () => true,
): void {
  const send = bench.services.modelarts().send.bind(bench.services.modelarts());
  bench.services.modelarts = () =>
    ({
      close: () => Promise.resolve(),
      send: async (one: any, input: any, options: any) => {
        const reply = await send(one, input, options);
        return one.name === endpoint && isOdd() ? { unreadable: [], ...(answer(reply) as object) } : reply;
      },
    }) as any;
}

/** Refuses one read for good, as an API does that answers with this status. */
function refusing(bench: Bench, endpoint: string, status: number, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  bench.api.before = (name) => {
    if (name !== endpoint || left <= 0) return;
    left -= 1;
    throw apiError(name, { outcome: 'refused', transient: false, status });
  };
}

const one = (bench: Bench) => bench.remediations()[0]!;
const rulesWithBudget = (most: number) => RULES.replace('maxUnavailable: 100%', `maxUnavailable: ${most}`);
const withOddEntry = ({ nodes }: any) => ({ nodes, unreadable: [{ why: 'entry 3 of the list' }] });

describe('a read that is refused before the call', () => {
  test.each([400, 401, 403, 404, 410])(
    'with %i puts the command off, and moves no ladder',
    async (status) => {
      const bench = createBench(LADDER);
      refusing(bench, 'listPoolNodes', status, 1);
      await bench.receive(firing(NODE));
      await bench.advance(5_000);
      expect(bench.remediations()).toMatchObject([{ state: 'deferred' }]);
      expect(bench.queues.deadLetters).toEqual([]);
      await bench.advance(6 * MINUTE);
      expect(bench.resets()).toHaveLength(1);
      expect(bench.bodies('batchMigrateNodes')).toEqual([]);
    },
  );

  test('as often as the evidence lasts goes to a person', async () => {
    const bench = createBench(LADDER);
    refusing(bench, 'listPoolNodes', 403);
    await bench.receive(firing(NODE));
    await bench.advance(2 * HOUR, 30_000);
    expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
    expect(bench.resets()).toEqual([]);
  });
});

describe('a node that a list does not show', () => {
  test('once is reset as soon as one does', async () => {
    const bench = createBench();
    let odd = true;
    answering(
      bench,
      'listPoolNodes',
      ({ nodes }) => ({ nodes: nodes.filter(({ name }: any) => name !== NODE) }),
      () => odd,
    );
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(one(bench)).toMatchObject({ state: 'deferred', notSeen: { [NODE]: expect.any(String) } });
    odd = false;
    await bench.advance(2 * MINUTE);
    expect(bench.resets()).toHaveLength(1);
    expect(one(bench).notSeen).toEqual({});
  });

  test.each([
    ['is empty', () => ({ nodes: [] })],
    [
      'has an entry that cannot be read',
      ({ nodes }: any) => ({
        nodes: nodes.filter(({ name }: any) => name !== NODE),
        unreadable: [{ why: 'entry 1 of the list: metadata.name: is empty' }],
      }),
    ],
  ])('that %s is not gone, however often: a person gets a notice', async (_, answer) => {
    const bench = createBench();
    answering(bench, 'listPoolNodes', answer);
    await bench.receive(firing(NODE));
    await bench.advance(30 * MINUTE, 30_000);
    expect(one(bench)).toMatchObject({ state: 'deferred' });
    await bench.advance(HOUR, 30_000);
    expect(one(bench)).toMatchObject({ state: 'needs-human' });
    expect(bench.resets()).toEqual([]);
  });
});

describe('an entry of the node list that cannot be read', () => {
  test('stops no other node, and is warned of', async () => {
    const bench = createBench(rulesWithBudget(2));
    for (const node of bench.nodes.values()) node.phase = node.name === NODE ? 'Abnormal' : 'Available';
    answering(bench, 'listPoolNodes', withOddEntry);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(bench.resets()).toHaveLength(1);
    expect(bench.logs.join()).toContain('entries of a list cannot be read');
  });

  test('counts as out of service', async () => {
    const bench = createBench(rulesWithBudget(1));
    for (const node of bench.nodes.values()) node.phase = node.name === NODE ? 'Abnormal' : 'Available';
    answering(bench, 'listPoolNodes', withOddEntry);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(one(bench)).toMatchObject({ state: 'deferred', why: expect.stringContaining('1 not seen') });
    expect(bench.resets()).toEqual([]);
  });
});

test.each(['Unhealthy', 'abnormal', 'Isolated', 'Resetting', ''])(
  'a phase that no page names leads to a notice at once: %j',
  async (phase) => {
    const bench = createBench();
    bench.nodes.get(NODE)!.phase = phase;
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(one(bench)).toMatchObject({ state: 'needs-human', why: expect.stringContaining('unknown phase') });
    expect(bench.resets()).toEqual([]);
  },
);

describe('while the workloads of a node are unknown', () => {
  const cases: [string, (bench: Bench) => void][] = [
    ['the API refuses the list', (bench) => refusing(bench, 'listWorkloads', 403)],
    ['the node has no address', (bench) => void (bench.nodes.get(NODE)!.privateIp = undefined as never)],
    [
      'it shares its address',
      (bench) => void (bench.nodes.get(NODE)!.privateIp = bench.nodes.get(nodeName(9))!.privateIp),
    ],
    [
      'a workload names no host',
      (bench) => void bench.workloads.push({ name: 'w-9', status: 'Running', hostIps: [] }),
    ],
    [
      'a workload names a host that no node bears',
      (bench) => void bench.workloads.push({ name: 'w-9', status: 'Running', hostIps: ['10.9.9.9'] }),
    ],
    [
      'the list has an entry that cannot be read',
      (bench) => answering(bench, 'listWorkloads', (reply) => ({ ...reply, unreadable: [{ why: 'x' }] })),
    ],
  ];

  test.each(cases)('as %s, it is not reset, and a person gets a notice in the end', async (_, arrange) => {
    const bench = createBench();
    bench.workloads.push({ name: 'w-1', status: 'Running', hostIps: ['10.0.0.1'] });
    arrange(bench);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(one(bench)).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('the workloads of the node are unknown'),
    });
    await bench.advance(2 * HOUR, 30_000);
    expect(one(bench)).toMatchObject({ state: 'needs-human' });
    expect(bench.resets()).toEqual([]);
  });

  test('a rule that lets workloads be interrupted goes on', async () => {
    const bench = createBench(RULES.replace('cooldown: 6h', 'interruptWorkloads: true'));
    refusing(bench, 'listWorkloads', 403);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(bench.resets()).toHaveLength(1);
  });

  test('a workload that runs on several nodes keeps each of them', async () => {
    const bench = createBench();
    bench.workloads.push({ name: 'w', status: 'Running', hostIps: ['10.0.0.1', '10.0.0.2'] });
    await bench.receive(firing(NODE), firing(nodeName(2)), firing(nodeName(3)));
    await bench.advance(5_000);
    expect(bench.bodies('batchResetNodes').map(({ nodeNames }) => nodeNames)).toEqual([[nodeName(3)]]);
  });

  test('a workload that one answer leaves out is seen in the next', async () => {
    const bench = createBench();
    bench.workloads.push({ name: 'w', status: 'Running', hostIps: ['10.0.0.1'] });
    let asked = 0;
    answering(
      bench,
      'listWorkloads',
      () => ({ count: 0, workloads: [] }),
      () => (asked += 1) === 1,
    );
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(one(bench)).toMatchObject({
      state: 'deferred',
      why: 'it waits: 1 workload runs on the node: w (Running)',
    });
  });
});

describe('a list that shows fewer nodes than the pool is known to have', () => {
  const rules = RULES.replace('maxUnavailable: 100%', 'maxUnavailable: 2');

  async function known(): Promise<Bench> {
    const bench = createBench(rules);
    for (const node of bench.nodes.values()) node.phase = node.name === NODE ? 'Abnormal' : 'Available';
    await bench.receive(firing(nodeName(5), { alertname: 'CardLost' }));
    bench.nodes.get(nodeName(5))!.phase = 'Creating';
    await bench.advance(5_000);
    expect(bench.resets()).toEqual([]);
    return bench;
  }

  test('lets no node be taken until another reading shows it too', async () => {
    const bench = await known();
    const hidden = [...bench.nodes.keys()].slice(-4);
    for (const name of hidden) bench.nodes.delete(name);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(bench.remediations().at(-1)).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('4 not seen'),
    });
    await bench.advance(2 * MINUTE);
    expect(bench.resets()).toHaveLength(1);
  });

  test('is not believed if a whole list in between belongs to a reading that fails in another part', async () => {
    const bench = await known();
    let odd = true;
    answering(
      bench,
      'listPoolNodes',
      ({ nodes }) => ({ nodes: nodes.slice(0, -4) }),
      () => odd,
    );
    await bench.receive(firing(NODE));
    await bench.advance(30_000);
    odd = false;
    refusing(bench, 'listWorkloads', 401);
    await bench.receive(firing(nodeName(7)));
    await bench.advance(5_000);
    expect(bench.remediations().at(-1)).toMatchObject({ why: expect.stringContaining('could not be sent') });
    odd = true;
    bench.api.before = () => {};
    await bench.advance(MINUTE);
    expect(bench.resets()).toEqual([]);
    await bench.advance(2 * MINUTE);
    expect(bench.resets()).toHaveLength(1);
  });

  test('raises no storm, and sends no notice of a pool that is over its budget', async () => {
    const bench = await known();
    let odd = true;
    answering(
      bench,
      'listPoolNodes',
      () => ({ nodes: [] }),
      () => odd,
    );
    for (const index of [11, 12, 13, 14]) await bench.receive(firing(nodeName(index)));
    await bench.advance(5_000);
    odd = false;
    expect(bench.notices.filter(({ kind }) => kind === 'incident')).toEqual([]);
  });
});

describe('alerts for nodes that the pool does not have', () => {
  test('are no storm, however many', async () => {
    const bench = createBench();
    for (let index = 0; index < 40; index += 1) await bench.receive(firing(`os-node-never-${index}`));
    await bench.advance(5_000);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(bench.resets()).toHaveLength(1);
    expect(bench.notices.filter(({ incident }) => incident === 'storm')).toEqual([]);
  });

  test('count no further than the pool has nodes that are not seen, under any earlier names of the nodes', async () => {
    const bench = createBench(RULES.replace('perDay: 100%', 'perDay: 2'));
    await bench.receive(firing(nodeName(5)));
    await bench.advance(5_000);
    let odd = true;
    answering(
      bench,
      'listPoolNodes',
      ({ nodes }) => ({ nodes: nodes.filter((node: { name: string }) => node.name !== nodeName(5)) }),
      () => odd,
    );
    // The same node by its address, and an address that no node has.
    await bench.receive(firing('10.0.0.5:9100'));
    await bench.advance(5_000);
    await bench.receive(firing('os-node-never'));
    await bench.advance(5_000);
    odd = false;
    expect(bench.notices.filter(({ incident }) => incident === 'storm')).toEqual([]);
  });

  test('that rules only observe are no storm either', async () => {
    const bench = createBench(RULES.replace('perDay: 100%', 'perDay: 5'));
    for (let index = 10; index < 30; index += 1)
      await bench.receive(firing(nodeName(index), { alertname: 'Watched' }));
    await bench.advance(5_000);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(bench.resets()).toHaveLength(1);
  });

  test('a node that is reported by its address is one node, also when a later list shows its name', async () => {
    const bench = createBench(RULES.replace('perDay: 100%', 'perDay: 3'));
    await bench.receive(firing(nodeName(5)));
    await bench.advance(5_000);
    let odd = true;
    answering(
      bench,
      'listPoolNodes',
      ({ nodes }) => ({ nodes: nodes.slice(2) }),
      () => odd,
    );
    await bench.receive(firing('10.0.0.1:9100'));
    await bench.receive(firing('10.0.0.2:9100'));
    await bench.advance(5_000);
    odd = false;
    await bench.advance(4 * MINUTE);
    expect(bench.notices.filter(({ incident }) => incident === 'storm')).toEqual([]);
    const reset = bench.bodies('batchResetNodes').flatMap(({ nodeNames }: any) => nodeNames);
    expect(new Set(reset).size).toBe(3);
  });
});
