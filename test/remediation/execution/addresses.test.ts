import { describe, expect, test } from 'vitest';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import { apiError, createBench, firing, nodeName, POOL } from '#test/remediation/bench';

const MINUTE = 60_000;
const [OLD, YOUNG] = [nodeName(7), nodeName(8)];
const ADDRESS = '10.0.0.7';
const BY_ADDRESS = { fingerprint: 'by-address' };

type Bench = ReturnType<typeof createBench>;

function command(nodes: readonly string[], more: object = {}): object {
  return { action: 'reset-nodes', pool: POOL, nodes, parameters: {}, mode: 'act', ...more };
}

function namesReset(bench: Bench): string[] {
  return bench.resets().flatMap(({ body }) => body.nodeNames);
}

describe('an address that several nodes bear', () => {
  test.each([
    ['Deleting', 'Available'],
    ['Available', 'Abnormal'],
  ])(
    'is acted on for none of them, the old %s and the young %s: a person gets a notice that names them',
    async (old, young) => {
      const bench = createBench();
      bench.nodes.get(OLD)!.phase = old;
      Object.assign(bench.nodes.get(YOUNG)!, { phase: young, privateIp: ADDRESS });
      await bench.receive(firing(`${ADDRESS}:9100`));
      await bench.advance(MINUTE);
      expect(namesReset(bench)).toEqual([]);
      const [remediation] = bench.remediations();
      expect(remediation).toMatchObject({ state: 'needs-human' });
      expect(remediation?.why).toContain(`${OLD} (${old}), ${YOUNG} (${young})`);
      expect(bench.leased()).toEqual([]);
    },
  );

  test('in a command of several nodes: the others go, and a person gets a notice of it', async () => {
    const bench = createBench();
    bench.nodes.get(YOUNG)!.privateIp = ADDRESS;
    await bench.command(command([ADDRESS, nodeName(1), nodeName(2)]));
    await bench.advance(5_000);
    expect(namesReset(bench)).toEqual([nodeName(1), nodeName(2)]);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    expect(bench.remediations()).toMatchObject([
      {
        state: 'needs-human',
        why: expect.stringMatching(
          /^10\.0\.0\.7: 2 nodes of the pool have the address .*The others: succeeded/,
        ),
        outcomes: {
          [ADDRESS]: { state: 'skipped', forPerson: true },
          [nodeName(1)]: { state: 'succeeded' },
          [nodeName(2)]: { state: 'succeeded' },
        },
      },
    ]);
    expect(bench.leased()).toEqual([]);
  });

  test('in a command of tags for several nodes: likewise', async () => {
    const bench = createBench(undefined, updateNodes);
    bench.nodes.get(YOUNG)!.privateIp = ADDRESS;
    const parameters = { action: 'createTags', tags: [{ key: 'a', value: 'b' }] };
    await bench.command(command([ADDRESS, nodeName(1)], { action: 'update-nodes', parameters }));
    await bench.advance(5_000);
    expect(bench.bodies('batchUpdateNodes')).toMatchObject([{ nodeNames: [nodeName(1)] }]);
    expect(bench.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('The others: succeeded, the API says success') },
    ]);
  });

  test('in a command whose other nodes are refused: a person gets a notice of it all the same', async () => {
    const bench = createBench();
    bench.nodes.get(YOUNG)!.privateIp = ADDRESS;
    bench.nodes.get(nodeName(1))!.phase = 'Checking';
    await bench.command(command([nodeName(1), ADDRESS]));
    await bench.advance(5_000);
    expect(namesReset(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('2 nodes of the pool have the address') },
    ]);
  });

  test('stops no alert that names one of them', async () => {
    const bench = createBench();
    bench.nodes.get(YOUNG)!.privateIp = ADDRESS;
    await bench.receive(firing(YOUNG));
    await bench.advance(5_000);
    expect(namesReset(bench)).toEqual([YOUNG]);
  });
});

describe('an address of a node that was made after the alert began', () => {
  test('is not acted on', async () => {
    const bench = createBench();
    bench.nodes.get(OLD)!.createdAt = '2026-11-20T09:50:00Z';
    await bench.receive(firing(ADDRESS, { startsAt: '2026-11-20T09:00:00.000Z' }));
    await bench.advance(5 * MINUTE);
    expect(namesReset(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining('was created at 2026-11-20T09:50:00Z') },
    ]);
  });

  test('is not acted on where the API does not say when the node was made: a person gets a notice in the end', async () => {
    const bench = createBench();
    delete bench.nodes.get(OLD)!.createdAt;
    await bench.receive(firing(ADDRESS));
    await bench.advance(5 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'deferred' }]);
    await bench.advance(2 * 60 * MINUTE, MINUTE);
    expect(namesReset(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('does not show when') },
    ]);
  });
});

test('an address that the pool did not have when a call was prepared is no node that bears it later', async () => {
  const bench = createBench();
  const goesOn = refusesForNow(bench);
  await bench.command(command(['10.0.9.9', nodeName(1)]));
  await bench.advance(3 * MINUTE);
  expect(bench.remediations()).toMatchObject([
    { state: 'deferred', outcomes: { '10.0.9.9': { state: 'skipped' } } },
  ]);
  goesOn();
  bench.requests.length = 0;
  bench.nodes.get(YOUNG)!.privateIp = '10.0.9.9';
  await bench.advance(30 * MINUTE);
  expect(namesReset(bench)).toEqual([nodeName(1)]);
});

describe('the resolved node', () => {
  test('is shown beside the address, and its history leads to the remediation', async () => {
    const bench = createBench();
    const { remediations } = await bench.receive(firing(ADDRESS));
    await bench.advance(5_000);
    expect(bench.remediations()).toMatchObject([
      { nodes: [ADDRESS], resolved: { [ADDRESS]: { node: OLD } }, outcomes: { [OLD]: { state: 'running' } } },
    ]);
    const history = bench.store
      .documents()
      .filter(({ pk }) => pk.startsWith('history#'))
      .map(({ pk, value }) => [pk, (value as any).remediation]);
    const { id } = remediations[0]!;
    expect(history).toEqual([
      [`history#${ADDRESS}`, id],
      [`history#${OLD}`, id],
    ]);
  });

  test('is looked up once more while other nodes show no address', async () => {
    const bench = createBench();
    bench.nodes.get(YOUNG)!.privateIp = '';
    await bench.receive(firing(ADDRESS));
    await bench.advance(55_000);
    expect(bench.remediations()).toMatchObject([{ state: 'deferred' }]);
    expect(namesReset(bench)).toEqual([]);
    await bench.advance(15_000);
    expect(namesReset(bench)).toEqual([OLD]);
  });

  test('that an attempt had leased is released when another node bears the address at the next', async () => {
    const bench = createBench();
    await bench.receive(firing(ADDRESS));
    const { put } = bench.store;
    let isDead = false;
    bench.store.put = (document, version) => {
      isDead ||= JSON.stringify(document).includes('"step":"intent"');
      return isDead ? Promise.reject(new Error('killed')) : put(document, version);
    };
    await bench.advance(5_000);
    bench.store.put = put;
    expect(bench.leased()).toEqual([OLD]);
    bench.nodes.get(OLD)!.privateIp = '10.0.9.9';
    bench.nodes.get(YOUNG)!.privateIp = ADDRESS;
    await bench.advance(7 * MINUTE);
    expect(namesReset(bench)).toEqual([YOUNG]);
    expect(bench.leased()).toEqual([YOUNG]);
    const pool = bench.store.documents().find(({ pk }) => pk.startsWith('pool#'));
    expect(Object.keys((pool!['value'] as any).held)).toEqual([YOUNG]);
  });

  test('for which a call was prepared is never that of another node, however often it is looked up', async () => {
    const bench = createBench();
    const goesOn = refusesForNow(bench);
    await bench.command(command([ADDRESS, nodeName(1)]));
    await bench.advance(5_000);
    expect(bench.remediations()).toMatchObject([{ state: 'deferred', outcomes: { [OLD]: {} } }]);
    goesOn();
    bench.nodes.get(OLD)!.privateIp = '10.0.9.9';
    bench.nodes.get(YOUNG)!.privateIp = ADDRESS;
    // The other node waits, and so the command is judged again.
    bench.workloads.push({ name: 'somewhere', status: 'Running', hostIps: [] });
    await bench.advance(3 * MINUTE);
    expect(bench.remediations()).toMatchObject([
      { state: 'deferred', outcomes: { [ADDRESS]: { state: 'skipped' } } },
    ]);
    bench.workloads.length = 0;
    await bench.advance(30 * MINUTE);
    expect(namesReset(bench)).toContain(nodeName(1));
    expect(namesReset(bench)).not.toContain(YOUNG);
  });

  test('for which a call was made is never that of another node, also if a reading between hides it', async () => {
    const bench = createBench(undefined, updateNodes);
    for (const name of [OLD, nodeName(1)]) bench.update.failing.add(name);
    const tags = { action: 'createTags', tags: [{ key: 'Owner', value: 'me' }] };
    await bench.command(command([ADDRESS, nodeName(1)], { action: 'update-nodes', parameters: tags }));
    await bench.advance(5_000);
    expect(bench.bodies('batchUpdateNodes')).toMatchObject([{ nodeNames: [OLD, nodeName(1)] }]);
    bench.nodes.get(OLD)!.privateIp = '';
    await bench.advance(40_000);
    expect(bench.remediations()).toMatchObject([
      { state: 'deferred', outcomes: { [ADDRESS]: { state: 'waiting' } } },
    ]);
    bench.nodes.get(OLD)!.privateIp = '10.0.9.9';
    bench.nodes.get(YOUNG)!.privateIp = ADDRESS;
    bench.update.failing.clear();
    await bench.advance(30 * MINUTE);
    expect(bench.bodies('batchUpdateNodes').flatMap(({ nodeNames }) => nodeNames)).not.toContain(YOUNG);
    expect(bench.remediations()[0]?.outcomes).toMatchObject({ [nodeName(1)]: { state: 'succeeded' } });
    expect(bench.leased()).toEqual([]);
  });

  test('for which a call was prepared and never made is never that of another node, if it is not shown at the next', async () => {
    const bench = createBench(undefined, updateNodes);
    const goesOn = refusesForNow(bench, 'batchUpdateNodes');
    const tags = { action: 'createTags', tags: [{ key: 'Owner', value: 'me' }] };
    await bench.command(command([ADDRESS, nodeName(1)], { action: 'update-nodes', parameters: tags }));
    await bench.advance(5_000);
    goesOn();
    const { privateIp } = bench.nodes.get(OLD)!;
    bench.nodes.delete(OLD);
    await bench.advance(70_000);
    expect(bench.remediations()).toMatchObject([{ outcomes: { [ADDRESS]: { state: 'waiting' } } }]);
    bench.nodes.get(YOUNG)!.privateIp = privateIp;
    await bench.advance(30 * MINUTE);
    expect(bench.bodies('batchUpdateNodes').flatMap(({ nodeNames }) => nodeNames)).not.toContain(YOUNG);
    expect(bench.remediations()).toMatchObject([
      { outcomes: { [nodeName(1)]: { state: 'succeeded' }, [ADDRESS]: { state: 'skipped' } } },
    ]);
  });

  describe('for which a call was prepared and never made, when the skipped command is judged again,', () => {
    test('is that node still', async () => {
      const bench = createBench();
      await skipped(bench);
      await bench.receive(firing(ADDRESS));
      await bench.advance(MINUTE);
      expect(namesReset(bench)).toEqual([OLD]);
    });

    test('is no other one: a person gets a notice if the alert fires on', async () => {
      const bench = createBench();
      await skipped(bench);
      bench.nodes.get(OLD)!.privateIp = '10.0.9.9';
      const createdAt = new Date(bench.now()).toISOString();
      Object.assign(bench.nodes.get(YOUNG)!, { privateIp: ADDRESS, createdAt });
      bench.stand(20 * MINUTE);
      await bench.receive(firing(ADDRESS));
      await bench.advance(MINUTE);
      expect(namesReset(bench)).toEqual([]);
      expect(bench.remediations()).toMatchObject([
        { state: 'needs-human', why: expect.stringContaining(`${YOUNG} has the address now`) },
      ]);
    });
  });

  test('for which a call was prepared and never made holds up no other node of the command', async () => {
    const bench = createBench();
    const goesOn = refusesForNow(bench);
    await bench.command(command([ADDRESS, nodeName(1)]));
    await bench.advance(5_000);
    expect(bench.remediations()).toMatchObject([{ state: 'deferred' }]);
    goesOn();
    bench.nodes.get(OLD)!.privateIp = '10.0.9.9';
    bench.nodes.get(YOUNG)!.privateIp = ADDRESS;
    await bench.advance(3 * MINUTE);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    const [remediation] = bench.remediations();
    expect(namesReset(bench).at(-1)).toBe(nodeName(1));
    expect(remediation).toMatchObject({
      state: 'succeeded',
      outcomes: { [nodeName(1)]: { state: 'succeeded' }, [ADDRESS]: { state: 'skipped' } },
    });
    expect(bench.leased()).toEqual([]);
  });
});

/** The node of the address is out of sight until the command is skipped. */
async function skipped(bench: Bench): Promise<void> {
  const goesOn = refusesForNow(bench);
  await bench.receive(firing(ADDRESS));
  await bench.advance(5_000);
  goesOn();
  bench.requests.length = 0;
  const node = bench.nodes.get(OLD)!;
  bench.nodes.delete(OLD);
  await bench.advance(10 * MINUTE);
  expect(bench.remediations()).toMatchObject([{ state: 'skipped' }]);
  bench.nodes.set(OLD, node);
  await bench.advance(10 * MINUTE);
}

/** Lets the API throttle an endpoint. @returns what ends it. */
function refusesForNow(bench: Bench, throttled = 'batchResetNodes'): () => void {
  bench.api.before = (endpoint) => {
    if (endpoint === throttled)
      throw apiError(endpoint, { outcome: 'refused', transient: true, status: 429 });
  };
  return () => {
    bench.api.before = () => {};
  };
}

describe('several names of one node are one node', () => {
  test('in one command', async () => {
    const bench = createBench();
    await bench.command(command([ADDRESS, OLD, YOUNG]));
    await bench.advance(5_000);
    expect(namesReset(bench).toSorted()).toEqual([OLD, YOUNG]);
    expect(bench.remediations()[0]?.outcomes).toMatchObject({
      [OLD]: { state: 'running' },
      [YOUNG]: { state: 'running' },
    });
  });

  test.each([
    [[OLD], [ADDRESS]],
    [[ADDRESS], [OLD]],
  ])('in two commands of one batch, %j and %j', async (first, second) => {
    const bench = createBench();
    await bench.command(command(first, { id: 'first' }));
    bench.stand(1_000);
    await bench.command(command(second, { id: 'second' }));
    await bench.advance(5_000);
    expect(namesReset(bench)).toEqual([OLD]);
    expect(bench.remediations().map(({ id, state }) => [id, state])).toEqual([
      ['first', 'running'],
      ['second', 'skipped'],
    ]);
    expect(bench.remediations()[1]?.why).toContain('first');
  });

  test('in two alerts of one rule: the first acts, the second waits for it', async () => {
    const bench = createBench();
    const { remediations } = await bench.receive(firing(OLD), firing(ADDRESS, BY_ADDRESS));
    expect(remediations.map(({ node }) => node)).toEqual([OLD, ADDRESS]);
    await bench.advance(5_000);
    expect(namesReset(bench)).toEqual([OLD]);
    const waiting = bench.remediations().filter(({ state }) => state === 'deferred');
    expect(waiting).toHaveLength(1);
    const acting = bench.remediations().find(({ state }) => state === 'running');
    expect(waiting[0]?.why).toContain(acting!.id);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    expect(bench.resets()).toHaveLength(1);
  });
});
