import { request as send } from 'node:http';
import { describe, expect, it } from 'vitest';
import { firstNode, startTrial, type Trial } from './trial.ts';

const control = async (
  trial: Trial,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: any }> => {
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${trial.simulator.url}/simulator${path}`, { method, body: text });
  return { status: response.status, body: await response.json() };
};

/** A request as a browser sends it for a page, which `fetch` would not; gives its status. */
function statusFor(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = send(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

describe('the control routes', () => {
  it('are not for web pages, under any name of this machine', async () => {
    await using trial = await startTrial();
    const url = `${trial.simulator.url}/simulator`;
    expect(await statusFor(url, {})).toBe(200);
    expect(await statusFor(url, { origin: 'https://evil.test' })).toBe(403);
    expect(await statusFor(url, { 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await statusFor(`${trial.simulator.url}/v2/p/pools`, { origin: 'null' })).toBe(403);
    expect(await statusFor(url, { host: 'evil.test' })).toBe(421);
    expect(await statusFor(`${trial.simulator.url}/v2/p/pools`, { host: 'evil.test:80' })).toBe(421);
    expect(trial.simulator.control.state().requests).toEqual([]);
  });

  it('heal every faulty node, and leave a job its nodes', async () => {
    await using trial = await startTrial();
    const [lost = '', stuck = '', reset = ''] = trial.nodeNames();
    const { changeNode } = trial.simulator.control;
    changeNode(lost, { phase: 'Abnormal', driverPhase: 'Abnormal' });
    changeNode(stuck, { driverPhase: 'Abnormal', staysBroken: true });
    await trial.reset([reset]);
    trial.pass(90);
    const { status, body } = await control(trial, 'POST', '/heal');
    expect({ status, healed: body.healed }).toEqual({ status: 200, healed: [lost, stuck] });
    const nodes = trial.simulator.control.state().pools.flatMap((pool) => pool.nodes);
    const named = (name: string) => nodes.find((node) => node.name === name);
    expect(named(lost)).toMatchObject({ phase: 'Available', driverPhase: 'Running' });
    expect(named(stuck)).toMatchObject({ driverPhase: 'Running', staysBroken: false });
    expect(named(reset)?.phase).not.toBe('Available');
  });

  it('know a pool that was added, also after a reset', async () => {
    await using trial = await startTrial();
    const { control: own } = trial.simulator;
    const before = own.state().pools.map(({ name }) => name);
    own.addPool({ name: 'late', id: 'pool-late' });
    expect(() => own.addPool({ name: 'late' })).toThrow('there is a pool late');
    const late = () => own.state().pools.find(({ id }) => id === 'pool-late');
    expect(late()?.nodes).toHaveLength(trial.simulator.control.state().pools[0]!.nodes.length);
    own.reset();
    expect(own.state().pools.map(({ name }) => name)).toEqual([...before, 'late']);
    const { body } = await trial.get('/pools/pool-late/nodes');
    expect(body.items).toHaveLength(late()!.nodes.length);
  });

  it('show the whole world without a signature', async () => {
    await using trial = await startTrial({ faults: [{ kind: 'throttled', count: 2 }] });
    await trial.get('/pools');
    await trial.get('/pools');
    const id = (await trial.reset(trial.nodeNames().slice(0, 2))).body.job_id;
    trial.pass(90);
    const { status, body } = await control(trial, 'GET', '');
    expect(status).toBe(200);
    expect(body).toEqual(trial.simulator.control.state());
    expect(body).toMatchObject({
      now: '2026-11-20T10:01:30.000Z',
      settings: { speed: 1, jobDurationSeconds: 360 },
      faults: [],
      jobs: [
        {
          id,
          progress: 0.125,
          startedAt: '2026-11-20T10:00:00.000Z',
          endedAt: null,
          nodes: [
            { name: firstNode, state: 'working', progress: 0.25 },
            { state: 'waiting', progress: 0 },
          ],
        },
      ],
    });
    expect(body.requests.map((request: any) => request.status)).toEqual([429, 429, 200]);
    expect(JSON.stringify(body)).not.toContain(trial.simulator.credentials.secretKey);
  });

  it('change the settings', async () => {
    await using trial = await startTrial();
    const { status, body } = await control(trial, 'PATCH', '', { speed: 60, jobDurationSeconds: 60 });
    expect([status, body.speed, body.jobDurationSeconds]).toEqual([200, 60, 60]);
    const id = (await trial.reset([firstNode])).body.job_id;
    trial.pass(1);
    expect(trial.job(id)?.phase).toBe('Success');
  });

  it('break, repair and load a node', async () => {
    await using trial = await startTrial();
    const path = `/nodes/${firstNode}`;
    const broken = await control(trial, 'POST', path, {
      phase: 'Abnormal',
      driverPhase: 'Abnormal',
      staysBroken: true,
      workload: 'llm-7',
    });
    expect(broken).toMatchObject({
      status: 200,
      body: { name: firstNode, phase: 'Abnormal', staysBroken: true, workload: 'llm-7' },
    });
    expect((await trial.reset([firstNode])).status).toBe(400);
    expect((await control(trial, 'POST', path, { workloadStatus: 'running' })).status).toBe(400);
    await control(trial, 'POST', path, { workloadStatus: 'Completed' });
    expect((await trial.reset([firstNode])).status).toBe(200);
  });

  it('suspend, resume and fail a job, unless it has ended', async () => {
    await using trial = await startTrial();
    const path = `/jobs/${(await trial.reset([firstNode])).body.job_id}`;
    trial.pass(90);
    expect((await control(trial, 'POST', path, { suspend: true })).body).toMatchObject({
      suspend: true,
      progress: 0.25,
    });
    trial.pass(3600);
    expect((await control(trial, 'POST', path, { suspend: false })).body).toMatchObject({
      phase: 'Running',
      progress: 0.25,
    });
    trial.pass(269);
    expect((await control(trial, 'POST', path, { failWith: 'no image' })).body).toMatchObject({
      phase: 'Failed',
      message: 'no image',
    });
    expect(trial.phase(firstNode)).toBe('Abnormal');
    expect((await control(trial, 'POST', path, { suspend: true })).status).toBe(409);
  });

  it('add and remove faults', async () => {
    await using trial = await startTrial();
    const fault = { kind: 'throttled', match: { pool: 'train-a' }, count: 2, retryAfterSeconds: 3 };
    const { id } = (await control(trial, 'POST', '/faults', fault)).body;
    await control(trial, 'POST', '/faults', { kind: 'slow', delayMs: 1 });
    expect((await control(trial, 'GET', '')).body.faults[0]).toMatchObject({ ...fault, id, remaining: 2 });
    expect((await control(trial, 'DELETE', `/faults/${id}`)).body.faults).toHaveLength(1);
    expect((await control(trial, 'DELETE', `/faults/${id}`)).status).toBe(404);
    expect((await control(trial, 'DELETE', '/faults')).body.faults).toEqual([]);
  });

  it('start everything anew', async () => {
    await using trial = await startTrial({ faults: [{ kind: 'slow', delayMs: 5 }] });
    const atStart = (await control(trial, 'GET', '')).body;
    for (let failure = 0; failure < 5; failure += 1)
      await trial.call('GET', '/pools', { secretKey: 'another' });
    trial.simulator.control.changeNode(firstNode, { phase: 'Abnormal' });
    trial.simulator.control.change({ speed: 9 });
    trial.simulator.control.removeFaults();
    expect((await control(trial, 'POST', '/reset')).status).toBe(200);
    expect((await control(trial, 'GET', '')).body).toEqual(atStart);
    expect((await trial.get('/pools')).status).toBe(200);
  });

  it.each([
    ['PATCH', '', { speed: 0 }, 400, 'speed'],
    ['PATCH', '', { spede: 2 }, 400, 'spede'],
    ['PATCH', '', {}, 400, 'nothing to change'],
    ['PATCH', '', '{', 400, 'not JSON'],
    ['POST', `/nodes/${firstNode}`, { phase: 'Broken' }, 400, 'phase'],
    ['POST', '/nodes/none', { phase: 'Abnormal' }, 404, 'none'],
    ['POST', '/jobs/none', { suspend: true }, 404, 'none'],
    ['POST', '/faults', { kind: 'flood' }, 400, 'kind'],
    ['POST', '/faults', { kind: 'slow' }, 400, 'delayMs'],
    ['POST', '/faults', { kind: 'slow', delayMs: 1, match: { endpoint: 'reset' } }, 400, 'match.endpoint'],
    ['POST', '/faults', { kind: 'slow', delayMs: 1, match: { pool: 'none' } }, 400, 'train-a'],
    ['GET', '/nothing', undefined, 404, 'GET /simulator/nothing'],
  ])('refuse %s %s %j', async (method, path, body, status, named) => {
    await using trial = await startTrial();
    const answer = await control(trial, method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toContain(named);
  });
});
