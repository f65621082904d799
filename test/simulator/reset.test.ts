import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '#test/runs';
import { differences } from './same-shape.ts';
import { firstNode, startTrial, trainA } from './trial.ts';
import { vendorExamples } from './vendor-examples.ts';

const minutes = 60;

/** In seconds, shortest first. */
const durationsOf200Jobs = async (seed: string) => {
  await using trial = await startTrial({ seed, nodes: 200, jobDurationJitter: 0.25 });
  const startMs = trial.nowMs();
  const ids: string[] = [];
  for (const name of trial.nodeNames()) ids.push((await trial.reset([name])).body.job_id);
  trial.pass(3600);
  const { jobs } = trial.simulator.control.state();
  return jobs.map((job) => (Date.parse(job.endedAt ?? '') - startMs) / 1000).sort((a, b) => a - b);
};

describe('a reset', () => {
  it('takes the node through Creating and Checking to Available, and its job to Success', async () => {
    await using trial = await startTrial();
    trial.simulator.control.changeNode(firstNode, { phase: 'Abnormal', driverPhase: 'Abnormal' });
    const { status, body } = await trial.reset([firstNode]);
    expect(status).toBe(200);
    expect(differences(body, vendorExamples.batchReset)).toEqual([]);

    const seen = async () => {
      const job = (await trial.get(`/jobs/${body.job_id}`)).body;
      const node = (await trial.get(`/pools/${trainA}/nodes/${firstNode}`)).body;
      return [
        job.phase,
        node.status.phase,
        node.status.driver.phase,
        trial.job(body.job_id)?.progress.toFixed(2),
      ];
    };
    expect(await seen()).toEqual(['Running', 'Creating', 'Pending', '0.00']);
    trial.pass(3 * minutes);
    expect(await seen()).toEqual(['Running', 'Creating', 'Pending', '0.50']);
    trial.pass(2 * minutes);
    expect(await seen()).toEqual(['Running', 'Checking', 'Running', '0.83']);
    trial.pass(1 * minutes);
    expect(await seen()).toEqual(['Success', 'Available', 'Running', '1.00']);
  });

  it('lasts as long as the speed says, between time stamps of real time', async () => {
    await using trial = await startTrial({ speed: 60 });
    const startMs = trial.nowMs();
    const id = (await trial.reset([firstNode])).body.job_id;
    trial.pass(5.999);
    expect((await trial.get(`/jobs/${id}`)).body).not.toHaveProperty('endTimestamp');
    trial.pass(100);
    expect((await trial.get(`/jobs/${id}`)).body).toMatchObject({
      phase: 'Success',
      startTimestamp: startMs,
      endTimestamp: startMs + 6000,
    });
  });

  it('goes on at another speed from the moment of the change', async () => {
    await using trial = await startTrial();
    const startMs = trial.nowMs();
    const id = (await trial.reset([firstNode])).body.job_id;
    trial.pass(3 * minutes);
    trial.simulator.control.change({ speed: 180 });
    trial.pass(2);
    expect((await trial.get(`/jobs/${id}`)).body).toMatchObject({
      phase: 'Success',
      startTimestamp: startMs,
      endTimestamp: startMs + 181_000,
    });
  });

  it('never has more nodes out than its rolling configuration allows, and resets each exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          nodes: fc.integer({ min: 1, max: 12 }),
          byPercent: fc.boolean(),
          maxUnavailable: fc.integer({ min: 1, max: 100 }),
          jitter: fc.constantFrom(0, 0.5),
        }),
        async ({ nodes, byPercent, maxUnavailable, jitter }) => {
          await using trial = await startTrial({
            nodes: 12,
            jobDurationJitter: jitter,
            nodeFailuresPerDay: 0,
          });
          const names = trial.nodeNames().slice(0, nodes);
          const strategy = byPercent ? 'RollingByPercent' : 'RollingByNumber';
          const allowed = byPercent
            ? Math.max(1, Math.floor((nodes * maxUnavailable) / 100))
            : maxUnavailable;
          const id = (await trial.reset(names, maxUnavailable, strategy)).body.job_id;
          const atWork = () => names.filter((name) => trial.phase(name) !== 'Available').length;
          let most = 0;
          for (let step = 0; trial.job(id)?.phase === 'Running'; step += 1) {
            expect(step).toBeLessThan(2000);
            most = Math.max(most, atWork());
            trial.pass(30);
          }
          expect(most).toBe(Math.min(allowed, nodes));
          expect(trial.job(id)).toMatchObject({ phase: 'Success', progress: 1 });
          expect(atWork()).toBe(0);
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it('takes a varying time around the median, the same for the same seed', async () => {
    const taken = await durationsOf200Jobs('a');
    expect(taken[100]).toBeGreaterThan(330);
    expect(taken[100]).toBeLessThan(390);
    expect(taken[0]).toBeLessThan(240);
    expect(taken[199]).toBeGreaterThan(500);
    expect(await durationsOf200Jobs('a')).toEqual(taken);
    expect(await durationsOf200Jobs('b')).not.toEqual(taken);
  });

  it('leaves a node that stays broken Abnormal, though the job succeeds', async () => {
    await using trial = await startTrial();
    trial.simulator.control.changeNode(firstNode, { phase: 'Abnormal', staysBroken: true });
    const id = (await trial.reset([firstNode])).body.job_id;
    trial.pass(6 * minutes);
    expect([trial.job(id)?.phase, trial.phase(firstNode)]).toEqual(['Success', 'Abnormal']);
    trial.simulator.control.changeNode(firstNode, { staysBroken: false });
    await trial.reset([firstNode]);
    trial.pass(6 * minutes);
    expect(trial.phase(firstNode)).toBe('Available');
  });
});

describe('a reset is refused', () => {
  const good = {
    nodeNames: [firstNode],
    rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
    nodeConfig: {},
  };

  it.each([
    ['an unknown field', { ...good, force: true }, 'force'],
    ['no node names', { ...good, nodeNames: undefined }, 'nodeNames'],
    ['an empty list', { ...good, nodeNames: [] }, 'nodeNames'],
    ['a node twice', { ...good, nodeNames: [firstNode, firstNode] }, 'nodeNames'],
    ['names that are no strings', { ...good, nodeNames: [1] }, 'nodeNames[0]'],
    ['no rollingConfig', { ...good, rollingConfig: undefined }, 'rollingConfig'],
    ['an unknown strategy', { ...good, rollingConfig: { strategy: 'All', maxUnavailable: 1 } }, 'strategy'],
    [
      'a number as text',
      { ...good, rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: '1' } },
      'maxUnavailable',
    ],
    [
      'none at once',
      { ...good, rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 0 } },
      'maxUnavailable',
    ],
    [
      'over 100 percent',
      { ...good, rollingConfig: { strategy: 'RollingByPercent', maxUnavailable: 101 } },
      'maxUnavailable',
    ],
    ['no nodeConfig', { ...good, nodeConfig: undefined }, 'nodeConfig'],
    ['an unknown runtime', { ...good, nodeConfig: { runtime: 'podman' } }, 'nodeConfig.runtime'],
  ])('with %s', async (_what, body, named) => {
    await using trial = await startTrial();
    const answer = await trial.call('POST', `/pools/${trainA}/nodes/batch-reset`, { body });
    expect([answer.status, answer.body.error_code]).toEqual([400, 'ModelArts.50004000']);
    expect(answer.body.error_msg).toContain(named);
    expect(trial.simulator.control.state().jobs).toEqual([]);
  });

  it('with another media type, or without a body', async () => {
    await using trial = await startTrial();
    const path = `/pools/${trainA}/nodes/batch-reset`;
    const answer = await trial.call('POST', path, {
      body: good,
      contentType: 'application/merge-patch+json',
    });
    expect(answer.body.error_msg).toContain('Content-Type: must be application/json');
    expect((await trial.call('POST', path)).status).toBe(400);
  });

  it('for an unknown node, naming it, and then none of the others is touched', async () => {
    await using trial = await startTrial();
    const { status, body } = await trial.reset([firstNode, 'os-node-created-zzzzz']);
    expect([status, body.error_code]).toEqual([404, expect.stringMatching(/^ModelArts\.\d{8}$/)]);
    expect(body.error_msg).toContain('os-node-created-zzzzz');
    expect(trial.phase(firstNode)).toBe('Available');
  });

  it('for a pool that is not there', async () => {
    await using trial = await startTrial();
    const { status, body } = await trial.call('POST', '/pools/pool-none/nodes/batch-reset', { body: good });
    expect([status, body]).toEqual([404, vendorExamples.poolNotFound]);
  });

  it('while a task runs on a node, and while it is being worked on', async () => {
    await using trial = await startTrial();
    const [, second = ''] = trial.nodeNames();
    trial.simulator.control.changeNode(second, { workload: 'llm-7' });
    const running = await trial.reset([firstNode, second]);
    expect([running.status, running.body.error_msg]).toEqual([
      400,
      `Bad request. a task is running on node ${second}`,
    ]);
    await trial.reset([firstNode]);
    const busy = await trial.reset([firstNode]);
    expect([busy.status, busy.body.error_msg]).toEqual([400, `Bad request. node ${firstNode} is Creating`]);
  });
});

describe('nodes that fail by themselves', () => {
  it('leave alone those that are being worked on', async () => {
    await using trial = await startTrial({ nodeFailuresPerDay: 100 });
    for (const name of trial.nodeNames()) trial.simulator.control.changeNode(name, { phase: 'Checking' });
    trial.pass(86_400);
    expect(new Set(trial.nodeNames().map((name) => trial.phase(name)))).toEqual(new Set(['Checking']));
  });

  it('do so at the given rate, and not at rate 0', async () => {
    await using trial = await startTrial({ nodes: 1000, nodeFailuresPerDay: 0.1 });
    trial.pass(86_400);
    // 1000 nodes, each failed with probability 1 - e^-0.1.
    const { pools } = trial.simulator.control.state();
    const failed = pools[0]!.nodes.filter((node) => node.phase === 'Abnormal').length;
    expect(failed).toBeGreaterThan(70);
    expect(failed).toBeLessThan(120);
    trial.simulator.control.change({ nodeFailuresPerDay: 0 });
    trial.pass(86_400);
    expect(
      trial.simulator.control.state().pools[0]!.nodes.filter((node) => node.phase === 'Abnormal'),
    ).toHaveLength(failed);
  });
});
