import { describe, expect, test } from 'vitest';
import { jobOwnerKey } from '#lib/ledger/call';
import { listRemediations } from '#lib/ledger/listing/listing';
import { ListQuery } from '#lib/ledger/listing/query';
import { showRemediation } from '#lib/ledger/listing/shown';
import { nodeRecordKey } from '#lib/ledger/node-record';
import { remediationKey } from '#lib/ledger/remediation';
import { STRANDED_MS } from '#lib/sweep/age';
import { createBench, firing, nodeName, POOL } from '#test/remediation/bench';
import { runSweep } from '../../sweep/mortal.ts';

const MINUTE = 60_000;
type Bench = ReturnType<typeof createBench>;

const command = (index: number, more: object = {}) => ({
  id: `c${index}`,
  action: 'reset-nodes',
  pool: 'train-a',
  nodes: [nodeName(index)],
  parameters: {},
  mode: 'act',
  ...more,
});

/** Makes a document one that this version cannot read, as another version, or a mistake in one, may have written it. */
async function spoil(bench: Bench, key: { pk: string; sk: string }, value: object): Promise<void> {
  const document = await bench.store.get(key);
  await bench.store.put(
    {
      ...key,
      writeId: 'spoilt',
      ...document,
      version: (document?.version ?? 0) + 1,
      value: { ...(document?.['value'] as object), ...value },
    },
    document?.version ?? 0,
  );
}

const errors = ({ logs }: Bench) =>
  logs
    .filter((line) => line.includes('a document of the ledger cannot be read'))
    .map((line) => JSON.parse(line));
const resetNodes = (bench: Bench) => bench.resets().flatMap(({ body }) => body.nodeNames);

async function withSpoilt(): Promise<Bench> {
  const bench = createBench();
  for (const index of [1, 2, 3]) await bench.command(command(index, { mode: 'observe' }));
  await bench.drain('commands');
  await spoil(bench, remediationKey('c2'), { createdAt: '+010000-01-01T23:58:59.000Z' });
  return bench;
}

describe('a remediation that cannot be read', () => {
  test.each([{}, { pool: 'train-a' }, { state: 'observed' }])(
    'is named beside the others of a list: %j',
    async (query) => {
      const bench = await withSpoilt();
      const page = await listRemediations(bench.store, bench.rules, ListQuery.parse(query), bench.now());
      expect(page.remediations.map(({ id }) => id).sort()).toEqual(['c1', 'c3']);
      expect(page.unreadable).toMatchObject([
        {
          kind: 'remediation',
          document: { pk: 'remediation#c2' },
          why: expect.stringContaining('createdAt'),
        },
      ]);
    },
  );

  test('is named in the list of its node', async () => {
    const bench = await withSpoilt();
    const query = ListQuery.parse({ node: nodeName(2) });
    expect(await listRemediations(bench.store, bench.rules, query, bench.now())).toMatchObject({
      remediations: [],
      unreadable: [{ document: { pk: 'remediation#c2' } }],
    });
    await expect(showRemediation(bench.store, 'c2')).rejects.toThrow('cannot be read by this version');
  });

  test('stops no sweep: the others are dealt with, people get one notice, the log says so each time', async () => {
    const bench = createBench();
    await bench.receive(...[1, 2, 3].map((index) => firing(nodeName(index))));
    const [, spoilt] = bench.remediations();
    await spoil(bench, remediationKey(spoilt!.id), {
      alerts: [{ fingerprint: 'f', startsAt: '+010000-01-01T00:00:00Z' }],
    });
    // The messages were lost.
    bench.queues.commands = [];
    bench.stand(STRANDED_MS + MINUTE);
    await runSweep(bench, (line) => bench.logs.push(line));
    expect(bench.queues.commands).toHaveLength(2);
    bench.stand(STRANDED_MS + MINUTE);
    await runSweep(bench, (line) => bench.logs.push(line));
    expect(bench.notices).toMatchObject([
      {
        kind: 'incident',
        incident: 'unreadable',
        pool: POOL,
        about: `remediation remediation#${spoilt!.id}`,
      },
    ]);
    expect(errors(bench).map(({ level, document }) => [level, document])).toEqual(
      [1, 2].map(() => ['error', `remediation#${spoilt!.id}`]),
    );
  });

  test('stops no neighbour in a batch of commands', async () => {
    const bench = createBench();
    for (const index of [1, 2, 3]) await bench.command(command(index));
    await spoil(bench, remediationKey('c2'), { id: 'c2', state: 'submiting' });
    await bench.drain('commands');
    expect(resetNodes(bench)).toEqual([nodeName(1), nodeName(3)]);
    // Its own message is delivered again, and is a dead letter in the end.
    expect(bench.queues.commands.map(({ receives }) => receives)).toEqual([1]);
    expect(bench.notices).toMatchObject([{ incident: 'unreadable', about: 'remediation remediation#c2' }]);
  });

  test('stops no sweep that comes to it by another document', async () => {
    const bench = createBench();
    await bench.command(command(1));
    await bench.drain('commands');
    expect(bench.leased()).toEqual([nodeName(1)]);
    await spoil(bench, remediationKey('c1'), { state: 'runing' });
    bench.queues.follow = [];
    bench.stand(STRANDED_MS + MINUTE);
    await runSweep(bench);
    await runSweep(bench);
    expect(bench.notices.filter(({ incident }) => incident === 'unreadable')).toHaveLength(1);
  });
});

describe('an alert, a node or a call that cannot be read', () => {
  test.each([
    ['node', (bench: Bench) => spoil(bench, nodeRecordKey(POOL, nodeName(2)), { pool: POOL, node: 7 })],
    [
      'alert',
      async (bench: Bench) => {
        const { pk, sk } = bench.store
          .documents()
          .find((document) => document.pk.startsWith('alert#') && document.pk.includes(nodeName(2)))!;
        await spoil(bench, { pk, sk }, { status: 'pending', episodes: 'many' });
      },
    ],
  ])('%s: its own command waits, and its neighbours are carried out', async (kind, break_) => {
    const bench = createBench();
    await bench.receive(...[1, 2, 3].map((index) => firing(nodeName(index))));
    await break_(bench);
    await bench.drain('commands');
    expect(resetNodes(bench)).toEqual([nodeName(1), nodeName(3)]);
    expect(bench.queues.deadLetters).toEqual([]);
    const waiting = bench.remediations().find(({ nodes }) => nodes?.includes(nodeName(2)));
    expect(waiting).toMatchObject({ state: 'deferred', why: expect.stringContaining('cannot be read') });
    expect(errors(bench)[0]).toMatchObject({ level: 'error', kind });
    expect(bench.notices).toMatchObject([{ incident: 'unreadable' }]);
  });

  test('alert, right before the call: its own command waits, and its neighbours are in the call', async () => {
    const bench = createBench();
    await bench.receive(...[1, 2, 3].map((index) => firing(nodeName(index))));
    const { pk, sk } = bench.store
      .documents()
      .find((document) => document.pk.startsWith('alert#') && document.pk.includes(nodeName(2)))!;
    const put = bench.store.put.bind(bench.store);
    bench.store.put = async (document, ...more) => {
      const stored = await put(document, ...more);
      if (!document.pk.startsWith('call#')) return stored;
      bench.store.put = put;
      await spoil(bench, { pk, sk }, { episodes: 'many' });
      return stored;
    };
    await bench.drain('commands');
    expect(resetNodes(bench)).toEqual([nodeName(1), nodeName(3)]);
    expect(bench.leased()).toEqual([nodeName(1), nodeName(3)]);
    const waiting = bench.remediations().find(({ nodes }) => nodes?.includes(nodeName(2)));
    expect(waiting).toMatchObject({ state: 'deferred', why: expect.stringContaining('cannot be read') });
    expect(bench.notices).toMatchObject([{ incident: 'unreadable' }]);
    // Its message comes back by itself; nothing is delivered again.
    expect(bench.queues.commands.map(({ receives }) => receives)).toEqual([0]);
  });

  test('call: the others are followed', async () => {
    const bench = createBench();
    await bench.command(command(1));
    await bench.drain('commands');
    await bench.command(command(2, { parameters: { nodeConfig: { runtime: 'containerd' } } }));
    await bench.drain('commands');
    const calls = bench.store.documents().filter(({ pk }) => pk.startsWith('call#'));
    expect(calls).toHaveLength(2);
    await spoil(bench, calls[0]!, { looks: 'none' });
    for (const { jobId } of bench.jobs) bench.endJob(jobId);
    await bench.pass(90_000);
    expect(bench.remediations().map(({ id, state }) => [id, state])).toEqual([
      ['c1', 'running'],
      ['c2', 'succeeded'],
    ]);
    expect(errors(bench)).toMatchObject([{ kind: 'call' }]);
    expect(bench.notices.filter(({ incident }) => incident === 'unreadable')).toHaveLength(1);
  });
});

test('an entry of a job that cannot be read keeps neither its call nor its neighbours from their ends', async () => {
  const bench = createBench();
  await spoil(bench, jobOwnerKey(POOL, 'job-1'), { jobId: 1 });
  await bench.receive(firing(nodeName(1)));
  await bench.advance(5_000);
  await bench.receive(firing(nodeName(2)));
  await bench.advance(5_000);
  bench.endJob('job-1');
  bench.endJob('job-2');
  await bench.advance(10 * MINUTE);
  expect(bench.remediations().map(({ state, jobId }) => [state, jobId])).toEqual([
    ['succeeded', 'job-1'],
    ['succeeded', 'job-2'],
  ]);
  expect(resetNodes(bench)).toEqual([nodeName(1), nodeName(2)]);
  expect(errors(bench).length).toBeGreaterThan(0);
});
