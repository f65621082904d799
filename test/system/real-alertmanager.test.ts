import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  checkConfiguration,
  configurationsIn,
  startAlertmanagers,
  WITHOUT_ALERTMANAGER,
} from './alertmanager-processes.ts';
import { type System, secrets, startSystem } from './stack/system.ts';
import { poolId, resetRule, wholePool } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

describe('the configuration of an Alertmanager in docs/alerting/alertmanager.md', () => {
  const [configuration, ...others] = configurationsIn('docs/alerting/alertmanager.md');

  test('is one, and sends whole deliveries to a route of Poolkeeper, with their resolutions', () => {
    expect(others).toEqual([]);
    const receiver = configuration.receivers.find(({ name }: any) => name === 'poolkeeper');
    expect(receiver.webhook_configs).toEqual([
      {
        url: 'http://localhost:3000/alerts/alertmanager',
        send_resolved: true,
        max_alerts: 2000,
        http_config: {
          authorization: { type: 'Bearer', credentials_file: '/etc/alertmanager/poolkeeper-token' },
        },
      },
    ]);
  });

  test('is accepted by amtool', async ({ skip }) => {
    skip(WITHOUT_ALERTMANAGER !== undefined, WITHOUT_ALERTMANAGER);
    expect(await checkConfiguration(configuration)).toMatchObject({ status: 0 });
    const wrong = await checkConfiguration({ ...configuration, receivers: [] });
    expect(wrong).toMatchObject({ status: 1 });
  });
});

test('two Alertmanagers as a cluster have a node reset once, and say that its alert is over', async ({
  skip,
}) => {
  skip(WITHOUT_ALERTMANAGER !== undefined, WITHOUT_ALERTMANAGER);
  await using system = await startSystem({
    name: 'real-alertmanager',
    rules: {
      pools: { real: wholePool('real') },
      rules: [resetRule('NT_NPU_CARD_LOSE')],
      polling: { first: '1s', every: '1s' },
    },
  });
  const pool = system.api.addPool(poolId('real'), { nodes: 1 });
  const [node = ''] = pool.nodeNames;
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-token-'));
  try {
    const file = path.join(folder, 'token');
    await writeFile(file, secrets.webhookToken);
    await using alertmanagers = await startAlertmanagers(
      2,
      fast(configurationsIn('docs/alerting/alertmanager.md')[0], system, file),
    );
    const labels = { alertname: 'NT_NPU_CARD_LOSE', cluster: 'real', pool: 'real', instance: node };
    const startsAt = new Date().toISOString();
    // As Prometheus does, which posts to every Alertmanager that it knows.
    const post = (alert: object) =>
      Promise.all(
        alertmanagers.urls.map(async (url) => {
          const body = JSON.stringify([{ labels, startsAt, ...alert }]);
          const headers = { 'content-type': 'application/json' };
          const { status } = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body });
          expect(status).toBe(200);
        }),
      );
    await post({});
    await system.allReach(pool.id, 1, ['succeeded']);
    await post({ endsAt: new Date().toISOString() });
    await until(
      async () => {
        const found = await eventsOf(system, node);
        // The other Alertmanager may repeat the alert before it knows.
        return found[0]?.status === 'resolved' ? found : undefined;
      },
      () => 'no resolution has come last',
    );
    expect(pool.resets(node)).toBe(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** The same configuration, with the address and the token of this system, and without long waits. */
function fast(configuration: any, { cloud }: System, tokenFile: string): object {
  const text = JSON.stringify(configuration)
    .replaceAll('http://localhost:3000', cloud.url)
    .replaceAll('/etc/alertmanager/poolkeeper-token', tokenFile);
  const copy = JSON.parse(text);
  for (const route of copy.route.routes)
    Object.assign(route, { group_wait: '0s', group_interval: '1s', repeat_interval: '2s' });
  return copy;
}

async function eventsOf(system: System, node: string): Promise<any[]> {
  const headers = { authorization: `Bearer ${secrets.consoleToken}` };
  const response = await system.request(`/events?node=${node}&limit=100`, { headers });
  const { events } = (await response.json()) as any;
  return events.flatMap(({ alerts }: any) => alerts);
}
