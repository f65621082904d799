import { describe, expect, it } from 'vitest';
import { startTrial, type Trial, trainA } from './trial.ts';

/** Three resets, an hour apart; their ids in that order. */
const threeResets = async (trial: Trial): Promise<string[]> => {
  const ids: string[] = [];
  for (const name of trial.nodeNames().slice(0, 3)) {
    ids.push((await trial.reset([name])).body.job_id);
    trial.pass(3600);
  }
  return ids;
};

const idsOf = async (trial: Trial, query: Record<string, string> = {}): Promise<string[]> =>
  (await trial.get('/jobs', query)).body.items.map((job: { jobId: string }) => job.jobId);

describe('the jobs list', () => {
  it('has all jobs of a pool, newest first, with the documented fields', async () => {
    await using trial = await startTrial();
    const startMs = trial.nowMs();
    const [first, second, third] = await threeResets(trial);
    const running = (await trial.reset([trial.nodeNames()[3] ?? ''])).body.job_id;
    const { body } = await trial.get('/jobs', { resource: 'pools', name: trainA });
    expect(body.count).toBe(4);
    expect(body.items.map((job: any) => job.jobId)).toEqual([running, third, second, first]);
    expect(body.items[3]).toEqual({
      jobId: first,
      jobName: expect.any(String),
      type: 'reset-nodes',
      phase: 'Success',
      suspend: false,
      startTimestamp: startMs,
      endTimestamp: startMs + 360_000,
      involvedObjects: expect.any(String),
      inputs: expect.any(String),
      conditions: expect.any(String),
      message: '',
    });
    expect(JSON.parse(body.items[3].inputs).nodeNames).toEqual([trial.nodeNames()[0]]);
    expect(body.items[0]).toMatchObject({ phase: 'Running' });
    expect(body.items[0]).not.toHaveProperty('endTimestamp');
  });

  it('filters by since and until, both included, and by 30 days without them', async () => {
    await using trial = await startTrial();
    const startMs = trial.nowMs();
    const [first, second, third] = await threeResets(trial);
    const hour = (hours: number) => String(startMs + hours * 3_600_000);
    expect(await idsOf(trial, { since: hour(1) })).toEqual([third, second]);
    expect(await idsOf(trial, { until: hour(1) })).toEqual([second, first]);
    expect(await idsOf(trial, { since: String(startMs + 1), until: hour(1.9) })).toEqual([second]);
    trial.pass(30 * 86_400 - 2 * 3600);
    expect(await idsOf(trial)).toEqual([third, second]);
  });

  it('filters by type, resource and name', async () => {
    await using trial = await startTrial({ pools: [{ name: 'train-a', id: trainA }, { name: 'other' }] });
    const ids = (await threeResets(trial)).toReversed();
    const other = trial.simulator.control.state().pools[1]?.id ?? '';
    expect(await idsOf(trial, { type: 'reset-nodes' })).toEqual(ids);
    expect(await idsOf(trial, { type: 'reboot-node' })).toEqual([]);
    expect(await idsOf(trial, { resource: 'pools', name: other })).toEqual([]);
    expect((await trial.get('/jobs', { name: trainA })).status).toBe(400);
    expect((await trial.get('/jobs', { resource: 'nodes' })).status).toBe(400);
  });

  it('pages by limit and offset, counting records', async () => {
    await using trial = await startTrial();
    const [first, second, third] = await threeResets(trial);
    expect(await idsOf(trial, { limit: '2' })).toEqual([third, second]);
    expect(await idsOf(trial, { limit: '2', offset: '2' })).toEqual([first]);
    expect((await trial.get('/jobs', { limit: '1', offset: '3' })).body).toEqual({ count: 3, items: [] });
    expect((await trial.get('/jobs', { limit: '501' })).status).toBe(400);
    expect((await trial.get('/jobs', { since: 'yesterday' })).status).toBe(400);
  });

  it('never gives two runs of the simulator the same job id', async () => {
    await using one = await startTrial();
    await using other = await startTrial();
    other.pass(1);
    const node = one.nodeNames()[0] ?? '';
    expect((await other.reset([node])).body.job_id).not.toBe((await one.reset([node])).body.job_id);
  });
});
