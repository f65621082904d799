import { describe, expect, test } from 'vitest';
import { firstNode, startTrial, trainA } from './trial.ts';

describe('scheduled events', () => {
  test('are announced from outside, and listed newest first by pool and node', async () => {
    await using trial = await startTrial();
    const { control } = trial.simulator;
    const [node = '', other = ''] = trial.nodeNames();
    const first = control.announce({ node, type: 'node_redeploy', redeployType: ['SOFT', 'HARD'] });
    const second = control.announce({ node: other, type: 'node_reboot', redeployType: ['SOFT'] });
    const { status, body } = await trial.call('GET', '/scheduled-events', {
      query: { poolName: trainA },
      version: 'v1',
    });
    expect(status).toBe(200);
    expect(body.count).toBe(2);
    expect(body.events.map(({ id }: any) => id)).toEqual([second, first]);
    expect(body.events[1]).toMatchObject({
      type: 'node_redeploy',
      state: 'inquiring',
      nodeName: node,
      poolName: trainA,
      publishTime: '2026-11-20T10:00:00Z',
      redeployType: ['SOFT', 'HARD'],
    });
    const ofNode = { query: { nodeName: node }, version: 'v1' } as const;
    expect((await trial.call('GET', '/scheduled-events', ofNode)).body.count).toBe(1);
    expect(firstNode).toBe(node);
  });

  test('go on to another state from outside', async () => {
    await using trial = await startTrial();
    const { control } = trial.simulator;
    const id = control.announce({ node: firstNode, type: 'node_redeploy', redeployType: ['HARD'] });
    expect(control.changePlannedEvent(id, { state: 'completed' })).toMatchObject({
      state: 'completed',
      finishTime: '2026-11-20T10:00:00Z',
    });
    expect(() => control.announce({ node: 'x', type: 'node_redeploy', redeployType: ['HARD'] })).toThrow(
      'no node x',
    );
    expect(() => control.changePlannedEvent('x', { state: 'failed' })).toThrow('no scheduled event x');
  });

  test('bring the node back when maintenance under way is ended from outside', async () => {
    await using trial = await startTrial();
    const { control } = trial.simulator;
    const id = control.announce({ node: firstNode, type: 'node_redeploy', redeployType: ['SOFT'] });
    const accepted = await trial.call('POST', `/scheduled-events/${id}/accept`, { body: {}, version: 'v1' });
    expect(accepted.status).toBe(200);
    trial.pass(1);
    expect(trial.phase(firstNode)).toBe('Checking');
    control.changePlannedEvent(id, { state: 'completed' });
    expect(trial.phase(firstNode)).toBe('Available');
  });
});
