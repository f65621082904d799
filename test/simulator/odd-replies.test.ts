import { describe, expect, it } from 'vitest';
import { firstNode, startTrial, type Trial, trainA } from './trial.ts';

const nodesPath = `/pools/${trainA}/nodes`;
const bodyOf = async (trial: Trial, path = nodesPath) => (await trial.get(path)).body;

describe('an odd reply', () => {
  it('is what its oddity says, under status 200, as often as it says', async () => {
    await using trial = await startTrial({
      faults: [
        { kind: 'odd-reply', oddity: 'null-items', match: { endpoint: 'list-nodes' }, count: 1 },
        { kind: 'odd-reply', oddity: 'error-in-200', match: { endpoint: 'list-workloads' } },
      ],
    });
    const first = await trial.get(nodesPath);
    expect([first.status, first.body.items]).toEqual([200, null]);
    expect((await bodyOf(trial)).items).toHaveLength(8);
    expect(await bodyOf(trial, `/pools/${trainA}/workloads`)).toMatchObject({ error_code: 'ModelArts.0001' });
    expect(trial.simulator.control.state().requests.map(({ faults }) => faults)).toContainEqual([
      'odd-reply',
    ]);
  });

  it('endless: the token of each page leads to another page', async () => {
    await using trial = await startTrial({ faults: [{ kind: 'odd-reply', oddity: 'endless' }] });
    const tokens = new Set<string>();
    for (let page = 0, token = ''; page < 20; page += 1) {
      const { body } = await trial.get(nodesPath, token === '' ? {} : { continue: token });
      token = body.metadata.continue;
      tokens.add(token);
    }
    expect(tokens.size).toBe(20);
  });

  it('stale: an earlier answer to the same request', async () => {
    await using trial = await startTrial();
    const phaseShown = async () => (await bodyOf(trial, `${nodesPath}/${firstNode}`)).status.phase;
    expect(await phaseShown()).toBe('Available');
    trial.simulator.control.changeNode(firstNode, { phase: 'Abnormal' });
    trial.simulator.control.addFault({ kind: 'odd-reply', oddity: 'stale', count: 1 });
    expect(await phaseShown()).toBe('Available');
    expect(await phaseShown()).toBe('Abnormal');
  });

  it('lasts as long as it says, in simulated seconds', async () => {
    await using trial = await startTrial({ speed: 60 });
    trial.simulator.control.addFault({ kind: 'odd-reply', oddity: 'empty-object', lastsSeconds: 600 });
    expect(trial.simulator.control.state().faults).toMatchObject([{ until: '2026-11-20T10:00:10.000Z' }]);
    trial.pass(9);
    expect(await bodyOf(trial)).toEqual({});
    trial.pass(1);
    expect((await bodyOf(trial)).items).toHaveLength(8);
    expect(trial.simulator.control.state().faults).toEqual([]);
  });

  it('is never the answer to a call that changes something', async () => {
    await using trial = await startTrial({ faults: [{ kind: 'odd-reply', oddity: 'empty-object' }] });
    expect((await trial.reset([firstNode])).body).toEqual({ job_id: expect.any(String) });
    expect(() =>
      trial.simulator.control.addFault({
        kind: 'odd-reply',
        oddity: 'empty',
        match: { endpoint: 'batch-reset-nodes' },
      }),
    ).toThrow('must be one that reads');
  });

  it('can be asked for over the control route, and a wrong oddity is named', async () => {
    await using trial = await startTrial();
    const post = (body: object) =>
      fetch(`${trial.simulator.url}/simulator/faults`, { method: 'POST', body: JSON.stringify(body) });
    const shared = { kind: 'odd-reply', oddity: 'shared-address', match: { pool: 'train-a' }, count: 1 };
    expect((await post(shared)).status).toBe(200);
    const addresses = (await bodyOf(trial)).items.map(({ status }: any) => status.privateIp);
    expect(new Set(addresses).size).toBe(7);
    const wrong = await post({ ...shared, oddity: 'strange' });
    expect([wrong.status, await wrong.json()]).toEqual([400, { error: expect.stringContaining('oddity') }]);
  });
});

describe('what the API may leave out, and who bears an address', () => {
  it('says no driver, system or plug-ins of a node when told so', async () => {
    await using trial = await startTrial({ nodeStatusWithout: ['driver', 'os', 'plugins'] });
    const { status } = await bodyOf(trial, `${nodesPath}/${firstNode}`);
    expect(Object.keys(status)).not.toEqual(expect.arrayContaining(['driver']));
    expect([status.driver, status.os, status.plugins, status.phase]).toEqual([
      undefined,
      undefined,
      undefined,
      'Available',
    ]);
    trial.simulator.control.change({ nodeStatusWithout: [] });
    expect((await bodyOf(trial, `${nodesPath}/${firstNode}`)).status.driver).toEqual({
      phase: 'Running',
      version: expect.any(String),
    });
  });

  it('gives a node the address of another', async () => {
    await using trial = await startTrial();
    const [, second = ''] = trial.nodeNames();
    const { privateIp } = (await bodyOf(trial, `${nodesPath}/${firstNode}`)).status;
    trial.simulator.control.changeNode(second, { privateIp });
    expect((await bodyOf(trial, `${nodesPath}/${second}`)).status.privateIp).toBe(privateIp);
  });
});
