import { expect, test } from 'vitest';
import { release } from '#lib/console/release';
import type { HttpProblem } from '#lib/handler/problem';
import { nodeRecordKey } from '#lib/ledger/node-record';
import { remediationKey } from '#lib/ledger/remediation';
import { apiError, createBench, firing, nodeName, POOL } from '../remediation/bench.ts';
import { everything, live } from '../sweep/mortal.ts';

const HOUR = 3_600_000;
const NODE = nodeName(1);

const problemOf = (work: Promise<unknown>) => work.then(String, (error: HttpProblem) => error);

/** A reset whose job is suspended: a person gets a notice, and its node stays leased. */
async function leftToAPerson() {
  const bench = createBench();
  await bench.receive(firing(NODE));
  await bench.advance(5_000);
  bench.jobs[0]!.suspended = true;
  await live(bench, 2 * HOUR);
  expect(bench.leased()).toEqual([NODE]);
  const [remediation] = bench.remediations();
  expect(remediation!.state).toBe('needs-human');
  return { bench, id: remediation!.id };
}

test('frees the nodes, names each person with the nodes that they vouch for, and begins a cooldown', async () => {
  const { bench, id } = await leftToAPerson();
  const shown = await release(id, { by: 'ada' }, bench.services);
  expect(shown).toMatchObject({ id, state: 'needs-human' });
  expect(shown.receipts.at(-1)).toMatchObject({
    step: 'release',
    by: 'ada',
    targets: [NODE],
    jobId: 'job-1',
    why: expect.stringContaining('job job-1 was not seen to end, and may still run: ada vouches'),
  });
  expect(bench.leased()).toEqual([]);
  const record = await bench.store.get(nodeRecordKey(POOL, NODE));
  expect(record?.['value']).toMatchObject({
    last: { remediation: id, action: 'reset-nodes', outcome: 'unknown' },
  });

  bench.nodes.get(NODE)!.phase = 'Abnormal';
  await bench.receive(firing(NODE, { startsAt: new Date(bench.now() + 1000).toISOString() }));
  await bench.advance(5_000);
  expect(bench.remediations().find((one) => one.id !== id)).toMatchObject({
    state: 'deferred',
    why: expect.stringContaining('cooldown'),
  });
});

test('twice, changes nothing more; and what died in between is finished by the sweep', async () => {
  const { bench, id } = await leftToAPerson();
  const { put } = bench.store;
  bench.store.put = (document, version) =>
    document.pk.startsWith('node#') ? Promise.reject(new Error('killed')) : put(document, version);
  await expect(release(id, { by: 'ada' }, bench.services)).rejects.toThrow('killed');
  bench.store.put = put;
  expect(bench.leased()).toEqual([NODE]);
  await live(bench, 600_000);
  expect(bench.leased()).toEqual([]);
  const before = everything(bench);
  await release(id, { by: 'bob' }, bench.services);
  expect(everything(bench)).toEqual(before);
});

test('changes nothing where another call was begun at the same moment', async () => {
  const { bench, id } = await leftToAPerson();
  const { get } = bench.store;
  bench.store.get = async (key) => {
    if (!key.pk.startsWith('pool#')) return get(key);
    bench.store.get = get;
    const document = (await bench.store.get(remediationKey(id)))!;
    const value = { ...(document['value'] as object), callId: 'begun-meanwhile' };
    await bench.store.put({ ...document, version: document.version + 1, value }, document.version);
    return get(key);
  };
  expect(await problemOf(release(id, { by: 'ada' }, bench.services))).toMatchObject({ status: 409 });
  expect(bench.leased()).toEqual([NODE]);
});

test('of a command for which nothing was called needs no vouching, and begins no cooldown', async () => {
  const bench = createBench();
  bench.api.before = (endpoint) => {
    if (endpoint === 'batchResetNodes')
      throw apiError(endpoint, { outcome: 'refused', transient: true, status: 429, retryAfterMs: 2 * HOUR });
  };
  await bench.receive(firing(NODE));
  await bench.advance(5_000);
  const [{ id, state } = { id: '', state: '' }] = bench.remediations();
  expect(state).toBe('needs-human');
  const shown = await release(id, { by: 'ada' }, bench.services);
  const why = 'ada says that nothing works on any of its targets any more';
  expect(shown.receipts.at(-1)).toMatchObject({ step: 'release', why });
});

test('a release is refused for a remediation that is unknown or not left to a person', async () => {
  const bench = createBench();
  await bench.receive(firing(NODE));
  await bench.advance(5_000);
  const [{ id } = { id: '' }] = bench.remediations();
  const before = everything(bench);
  expect(await problemOf(release(id, { by: 'ada' }, bench.services))).toMatchObject({ status: 409 });
  expect(await problemOf(release('nothing', { by: 'ada' }, bench.services))).toMatchObject({ status: 404 });
  expect(everything(bench)).toEqual(before);
  expect(bench.leased()).toEqual([NODE]);
});
