import { Agent, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { firstNode, startTrial, trainA } from './trial.ts';

describe('the gateway', () => {
  it('gives every answer its own x-request-id, and repeats it in its own errors', async () => {
    await using trial = await startTrial();
    const good = await trial.get('/pools');
    const bad = await trial.get('/pools', { status: 'broken' });
    const refused = await trial.call('GET', '/pools', { secretKey: 'another' });
    const ids = [good, bad, refused].map(({ headers }) => headers.get('x-request-id'));
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id ?? ''))).toBe(true);
    expect(refused.body).toEqual({
      error_msg: expect.stringContaining('verify aksk signature fail'),
      error_code: 'APIGW.0301',
      request_id: ids[2],
    });
  });

  it('does not know other paths and methods', async () => {
    await using trial = await startTrial();
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['POST', '/jobs'],
      ['GET', `/pools/${trainA}/nodes/`],
    ] as const) {
      const { status, body } = await trial.call(method, path);
      expect([status, body.error_code]).toEqual([404, 'APIGW.0101']);
    }
  });

  it('refuses a project that is not the key’s', async () => {
    await using trial = await startTrial();
    const { status, body } = await trial.call('GET', '/pools', { project: 'another' });
    expect([status, body.error_code]).toEqual([403, 'ModelArts.0210']);
  });

  it('refuses a signature more than 15 minutes old or in the future', async () => {
    await using trial = await startTrial();
    for (const minutes of [-16, 16]) {
      const { status, body } = await trial.call('GET', '/pools', {
        signedAtMs: trial.nowMs() + minutes * 60_000,
      });
      expect([status, body.error_code]).toEqual([401, 'APIGW.0301']);
    }
    expect((await trial.call('GET', '/pools', { signedAtMs: trial.nowMs() - 14 * 60_000 })).status).toBe(200);
  });

  it('refuses every signature while its own clock is wrong, and forgets the failures when it is set right', async () => {
    await using trial = await startTrial();
    trial.simulator.control.change({ clockDriftSeconds: 20 * 60 });
    for (let failure = 0; failure < 6; failure += 1) {
      expect((await trial.call('GET', '/pools')).status).toBe(401);
    }
    trial.simulator.control.change({ clockDriftSeconds: 0 });
    expect((await trial.call('GET', '/pools')).status).toBe(200);
  });

  it('locks the access key for 5 minutes after 5 failures in a row', async () => {
    await using trial = await startTrial();
    const fail = () => trial.call('GET', '/pools', { secretKey: 'another' });
    for (let round = 0; round < 2; round += 1) {
      for (let failure = 0; failure < 4; failure += 1) await fail();
      expect((await trial.get('/pools')).status).toBe(200);
    }
    for (let failure = 0; failure < 5; failure += 1) await fail();
    const locked = await trial.get('/pools');
    expect(locked.status).toBe(401);
    expect(locked.body.error_msg).toContain('AK access failed to reach the limit');
    trial.pass(299);
    expect((await trial.get('/pools')).status).toBe(401);
    trial.pass(1);
    expect((await trial.get('/pools')).status).toBe(200);
  });

  it('refuses a body over 12 MB, and lets the client read that', async () => {
    await using trial = await startTrial();
    const body = { nodeNames: ['x'.repeat(12 * 1024 * 1024)] };
    const answer = await trial.call('POST', `/pools/${trainA}/nodes/batch-reset`, { body });
    expect([answer.status, answer.body.error_code]).toEqual([413, 'APIGW.0201']);
  });

  it('keeps connections alive', async () => {
    await using trial = await startTrial();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (): Promise<boolean> =>
      new Promise((resolve, reject) => {
        const asked = request(`${trial.simulator.url}/simulator`, { agent }, (response) => {
          response.resume().once('end', () => resolve(asked.reusedSocket));
        });
        asked.once('error', reject).end();
      });
    expect([await ask(), await ask()]).toEqual([false, true]);
    agent.destroy();
  });

  it('logs each request with its outcome', async () => {
    await using trial = await startTrial();
    await trial.reset([firstNode]);
    await trial.call('GET', '/jobs', { secretKey: 'another', query: { limit: '5' } });
    const { requests } = trial.simulator.control.state();
    expect(requests).toEqual([
      {
        at: '2026-11-20T10:00:00.000Z',
        requestId: expect.any(String),
        method: 'POST',
        path: `/v2/${trial.simulator.projectId}/pools/${trainA}/nodes/batch-reset`,
        body: expect.objectContaining({ nodeNames: [firstNode] }),
        endpoint: 'batch-reset-nodes',
        signed: true,
        faults: [],
        status: 200,
      },
      expect.objectContaining({
        path: `/v2/${trial.simulator.projectId}/jobs?limit=5`,
        signed: false,
        signatureProblem: 'the signature does not match the request',
        status: 401,
      }),
    ]);
    expect(JSON.stringify(requests)).not.toContain('Signature=');
  });
});
