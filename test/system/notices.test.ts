import { expect, it } from 'vitest';
import { answersText, startServer } from '#test/modelarts/server';
import { secrets, startSystem } from './stack/system.ts';
import { poolId, wholePool } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

it('the packaged functions tell a target of a remediation, once, and the ledger says so', async () => {
  await using target = await startServer(answersText(200, 'ok'));
  await using system = await startSystem({
    name: 'notices',
    rules: {
      pools: { 'train-a': wholePool('train-a') },
      notify: [{ kind: 'webhook', url: `${target.url}/hooks/s3cr3t`, when: ['observed'] }],
    },
  });
  system.api.addPool(poolId('train-a'), { nodes: 1 });
  const command = {
    id: 'seen',
    action: 'reset-nodes',
    pool: 'train-a',
    nodes: ['os-node-1'],
    parameters: {},
  };
  const accepted = await system.request('/commands', {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.consoleToken}` },
    body: JSON.stringify(command),
  });
  expect(accepted.status).toBe(202);

  const notified = await until(
    async () => ((await system.show('seen')) as { notified?: unknown }).notified,
    () => `no notice reached the target; it got ${target.received.length} requests`,
  );
  expect(notified).toMatchObject([{ state: 'observed' }]);
  expect(target.received).toHaveLength(1);
  expect(JSON.parse(target.received[0]!.body)).toMatchObject({
    kind: 'remediation',
    state: 'observed',
    pool: { name: 'train-a' },
    remediation: { id: 'seen' },
  });
  expect(system.logs.some(({ line }) => line.includes('notice told'))).toBe(true);
  expect(JSON.stringify(system.logs)).not.toContain('s3cr3t');
});
