import { describe, expect, it } from 'vitest';
import type { FaultInput } from '#local/simulator/faults/fault';
import { firstNode, startTrial, type Trial, trainA } from './trial.ts';

const minutes = 60;
const withFault = (fault: FaultInput): Promise<Trial> => startTrial({ faults: [fault] });
const jobsOf = (trial: Trial) => trial.simulator.control.state().jobs;

/** The statuses of 100 requests when three in ten fail. */
const statusesOf = async (seed: string) => {
  await using trial = await startTrial({ seed, faults: [{ kind: 'server-error', probability: 0.3 }] });
  const statuses: number[] = [];
  for (let call = 0; call < 100; call += 1) statuses.push((await trial.get('/pools')).status);
  return statuses;
};

describe('a request fault', () => {
  it('slow: delays the answer, not the work’s result', async () => {
    await using trial = await withFault({ kind: 'slow', delayMs: 2500, count: 1 });
    expect((await trial.get('/pools')).status).toBe(200);
    expect((await trial.get('/pools')).status).toBe(200);
    expect(trial.delays).toEqual([2500]);
  });

  it.each([
    ['throttled, with Retry-After', { kind: 'throttled', retryAfterSeconds: 3 }, 429, 'APIGW.0308', '3'],
    ['throttled, without', { kind: 'throttled' }, 429, 'APIGW.0308', null],
    ['server-error 500', { kind: 'server-error', status: 500 }, 500, 'ModelArts.2950', null],
    ['server-error 502', { kind: 'server-error', status: 502 }, 502, 'APIGW.0202', null],
    ['server-error 503', { kind: 'server-error' }, 503, 'APIGW.0605', null],
    ['server-error 504', { kind: 'server-error', status: 504 }, 504, 'APIGW.0203', null],
    ['unauthenticated', { kind: 'unauthenticated' }, 401, 'APIGW.0301', null],
    [
      'refused',
      { kind: 'refused', status: 409, code: 'ModelArts.2878', message: 'state changed' },
      409,
      'ModelArts.2878',
      null,
    ],
  ] as const)('%s: the work is not done', async (_what, fault, status, code, retryAfter) => {
    await using trial = await withFault({ ...fault, count: 1 });
    const answer = await trial.reset([firstNode]);
    expect([answer.status, answer.body.error_code, answer.headers.get('retry-after')]).toEqual([
      status,
      code,
      retryAfter,
    ]);
    expect(jobsOf(trial)).toEqual([]);
    expect(trial.phase(firstNode)).toBe('Available');
    expect((await trial.reset([firstNode])).status).toBe(200);
  });

  it('lost-answer: the work is done, and the connection destroyed', async () => {
    await using trial = await withFault({
      kind: 'lost-answer',
      match: { endpoint: 'batch-reset-nodes' },
      count: 1,
    });
    await expect(trial.reset([firstNode])).rejects.toThrow();
    expect(jobsOf(trial)).toHaveLength(1);
    expect(trial.phase(firstNode)).toBe('Creating');
    expect(trial.simulator.control.state().requests[0]).toMatchObject({
      status: null,
      faults: ['lost-answer'],
    });
  });

  it('lost-answer as a 504: the work is done all the same', async () => {
    await using trial = await withFault({ kind: 'lost-answer', instead: 'status-504', count: 1 });
    expect((await trial.reset([firstNode])).status).toBe(504);
    expect(jobsOf(trial)).toHaveLength(1);
  });

  it('hits only what it matches: endpoint, pool by name or id, node, node pool', async () => {
    const refused = { kind: 'refused', status: 404, code: 'ModelArts.1', message: 'no' } as const;
    const [, second = ''] = await (async () => {
      await using trial = await startTrial();
      return trial.nodeNames();
    })();
    await using trial = await startTrial({ pools: [{ name: 'train-a', id: trainA }, { name: 'other' }] });
    const other = trial.simulator.control.state().pools[1]?.id ?? '';
    const control = trial.simulator.control;
    const statusOf = async (path: string) => (await trial.get(path)).status;

    control.addFault({ ...refused, match: { node: second } });
    expect([
      await statusOf(`/pools/${trainA}/nodes/${second}`),
      await statusOf(`/pools/${trainA}/nodes/${firstNode}`),
    ]).toEqual([404, 200]);
    expect((await trial.reset([firstNode, second])).body.error_code).toBe('ModelArts.1');
    control.removeFaults();

    for (const pool of ['other', other]) {
      control.addFault({ ...refused, match: { pool, endpoint: 'list-nodes' } });
      expect([
        await statusOf(`/pools/${other}/nodes`),
        await statusOf(`/pools/${trainA}/nodes`),
        await statusOf(`/pools/${other}`),
      ]).toEqual([404, 200, 200]);
      control.removeFaults();
    }

    control.addFault({ ...refused, match: { nodePool: 'np-1' } });
    expect([
      await statusOf(`/pools/${trainA}/nodepools/np-1`),
      await statusOf(`/pools/${trainA}/nodepools`),
    ]).toEqual([404, 200]);
    control.removeFaults();

    control.addFault({ ...refused, match: { pool: 'other' } });
    expect((await trial.get('/jobs', { resource: 'pools', name: other })).status).toBe(404);
  });

  it('happens as often as its probability says, the same for the same seed', async () => {
    const statuses = await statusesOf('a');
    const failed = statuses.filter((status) => status === 503).length;
    expect(failed).toBeGreaterThan(15);
    expect(failed).toBeLessThan(45);
    expect(await statusesOf('a')).toEqual(statuses);
  });

  it('is not used up by a request that is signed wrong', async () => {
    await using trial = await withFault({ kind: 'throttled', count: 1 });
    expect((await trial.call('GET', '/pools', { secretKey: 'another' })).status).toBe(401);
    expect((await trial.get('/pools')).status).toBe(429);
    expect((await trial.get('/pools')).status).toBe(200);
  });
});

describe('a job fault', () => {
  it('suspended-job: stands still with its node out, and goes on when released', async () => {
    await using trial = await withFault({ kind: 'suspended-job' });
    const id = (await trial.reset([firstNode])).body.job_id;
    trial.pass(60 * minutes);
    expect((await trial.get(`/jobs/${id}`)).body).toMatchObject({ phase: 'Running', suspend: true });
    expect(trial.job(id)?.progress).toBe(0.5);
    expect(trial.phase(firstNode)).toBe('Creating');
    trial.simulator.control.changeJob(id, { suspend: false });
    trial.pass(2 * minutes);
    expect(trial.job(id)).toMatchObject({ phase: 'Running', suspend: false });
    trial.pass(1 * minutes);
    expect([trial.job(id)?.phase, trial.phase(firstNode)]).toEqual(['Success', 'Available']);
  });

  it('failed-job: ends Failed with a message, its node Abnormal, the rest untouched', async () => {
    await using trial = await withFault({ kind: 'failed-job', afterNodes: 1, message: 'no image' });
    const [first = '', second = '', third = ''] = trial.nodeNames();
    const id = (await trial.reset([first, second, third])).body.job_id;
    trial.pass(60 * minutes);
    const { body } = await trial.get(`/jobs/${id}`);
    expect(body).toMatchObject({
      phase: 'Failed',
      message: 'no image',
      suspend: false,
      endTimestamp: expect.any(Number),
    });
    expect([first, second, third].map((name) => trial.phase(name))).toEqual([
      'Available',
      'Abnormal',
      'Available',
    ]);
    expect(trial.job(id)?.nodes.map(({ state }) => state)).toEqual(['done', 'working', 'waiting']);
  });

  it('failed-job: even if afterNodes is more than the job has nodes', async () => {
    await using trial = await withFault({ kind: 'failed-job', afterNodes: 9 });
    const id = (await trial.reset(trial.nodeNames().slice(0, 3), 3)).body.job_id;
    trial.pass(60 * minutes);
    expect(trial.job(id)?.phase).toBe('Failed');
  });

  it('unknown-job-phase: ends with a word that no page knows', async () => {
    await using trial = await withFault({ kind: 'unknown-job-phase', phase: 'Terminated' });
    const id = (await trial.reset([firstNode])).body.job_id;
    trial.pass(6 * minutes);
    expect([trial.job(id)?.phase, trial.phase(firstNode)]).toEqual(['Terminated', 'Available']);
  });

  it.each([
    ['list', 200],
    ['everywhere', 404],
  ] as const)('hidden-job from %s: does not show for a while', async (from, statusOfOne) => {
    await using trial = await withFault({ kind: 'hidden-job', forSeconds: 90, from });
    const id = (await trial.reset([firstNode])).body.job_id;
    trial.pass(89);
    expect((await trial.get('/jobs')).body).toEqual({ count: 0, items: [] });
    expect((await trial.get(`/jobs/${id}`)).status).toBe(statusOfOne);
    trial.pass(1);
    expect((await trial.get('/jobs')).body.count).toBe(1);
    expect((await trial.get(`/jobs/${id}`)).status).toBe(200);
  });

  it('stays-broken: the matched node comes back Abnormal, as often as it says', async () => {
    const [first = '', second = ''] = await (async () => {
      await using trial = await startTrial();
      return trial.nodeNames();
    })();
    await using trial = await withFault({ kind: 'stays-broken', match: { node: second }, count: 1 });
    for (const expected of ['Abnormal', 'Available']) {
      const id = (await trial.reset([first, second], 2)).body.job_id;
      trial.pass(6 * minutes);
      expect([trial.job(id)?.phase, trial.phase(first), trial.phase(second)]).toEqual([
        'Success',
        'Available',
        expected,
      ]);
    }
  });
});
