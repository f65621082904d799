import { beforeAll, describe, expect, it } from 'vitest';
import { alert, notification } from './clients/alertmanager.ts';
import { type System, secrets, startSystem } from './stack/system.ts';
import { poolId, resetRule, wholePool } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({
    name: 'deliveries',
    rules: {
      pools: { large: wholePool('large') },
      // The decisions after it are little work: this test is about the number of accepted alerts.
      rules: [resetRule('watch', { mode: 'observe' }), resetRule('act')],
    },
  });
  system.api.addPool(poolId('large'), { nodes: 3 });
  return async () => system[Symbol.asyncDispose]();
});

const alertsOf = (name: string, count: number): object[] =>
  Array.from({ length: count }, (_, index) =>
    alert({
      alertname: 'watch',
      pool: 'large',
      instance: `os-node-${name}-${String(index).padStart(4, '0')}`,
      fingerprint: `${name}-${index}`,
      startsAt: '2026-11-20T10:00:00Z',
    }),
  );

type Answer = { status: number; body: any };

function post(body: string): Promise<Answer> {
  return system
    .request('/alerts/alertmanager', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets.webhookToken}` },
      body,
    })
    .then(async (response) => ({ status: response.status, body: await response.json() }));
}

/** Sends a delivery as Alertmanager does: the same again, after any 5xx. */
function delivered(alerts: object[]): Promise<{ tries: Answer[]; body: any }> {
  const tries: Answer[] = [];
  const body = JSON.stringify(notification(alerts));
  return until(
    async () => {
      const answer = await post(body);
      tries.push(answer);
      return answer.status === 202 ? { tries, body: answer.body } : undefined;
    },
    () => `never taken: ${JSON.stringify(tries.at(-1)).slice(0, 500)}`,
  );
}

const idsOf = ({ body }: { body: any }): string[] => body.remediations.map(({ id }: { id: string }) => id);

async function events(query: string): Promise<any[]> {
  const response = await system.request(`/events?${query}`, {
    headers: { authorization: `Bearer ${secrets.consoleToken}` },
  });
  const page = (await response.json()) as { events: any[] };
  return page.events;
}

/** A delivery that is not stored in time is answered with its stored part: a problem, and never a bare 500. */
function expectProblems(tries: readonly Answer[]): void {
  for (const { status, body } of tries.slice(0, -1)) {
    expect([status, body]).toEqual([
      503,
      expect.objectContaining({ stored: expect.any(Number), title: 'Service Unavailable' }),
    ]);
  }
}

/** `npm run load` sends as many as a storm of a large pool has. */
const MANY = process.env['LOAD'] === 'full' ? 2_000 : 500;

describe('a large delivery', () => {
  it(`of ${MANY} alerts is taken, and all of it is on record`, async () => {
    const { tries, body } = await delivered(alertsOf('large', MANY));
    expectProblems(tries);
    expect(new Set(idsOf({ body })).size).toBe(MANY);
    for (const index of ['0000', `${MANY - 1}`.padStart(4, '0')]) {
      const [event] = await events(`node=os-node-large-${index}`);
      expect(event.alerts).toMatchObject([{ remediation: expect.any(String), rule: 'watch' }]);
    }
  });

  it('eight of 100 at once are taken', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `eight-${index}`);
    const answers = await Promise.all(names.map((name) => delivered(alertsOf(name, 100))));
    for (const { tries } of answers) expectProblems(tries);
    expect(new Set(answers.flatMap(idsOf)).size).toBe(800);
  });

  it('fifty times the same at once is taken each time, and once', async () => {
    const alerts = alertsOf('same', 20);
    const answers = await Promise.all(Array.from({ length: 50 }, () => delivered(alerts)));
    for (const { tries } of answers) expectProblems(tries);
    expect(new Set(answers.flatMap(idsOf)).size).toBe(20);
  });
});

describe('on record', () => {
  it('is a delivery that is too large, with its size, and an error in the log', async () => {
    const { status } = await post(JSON.stringify({ version: '4', alerts: ['x'.repeat(6 * 1024 * 1024)] }));
    expect(status).toBe(413);
    const [event] = await events('limit=1');
    expect(event).toMatchObject({
      status: 413,
      bytes: expect.any(Number),
      why: expect.stringContaining('the limit is'),
    });
    expect(event.bytes).toBeGreaterThan(6 * 1024 * 1024);
    await until(
      () =>
        system.logs.find(
          ({ line }) => line.includes('a request was too large') && line.includes('"level":"error"'),
        ),
      () => 'nothing about it in the log',
    );
  });

  it('is a delivery that is refused, and one that is odd in parts', async () => {
    expect((await post('{"version":"3","alerts":[]}')).status).toBe(400);
    expect(await events('limit=1')).toMatchObject([{ status: 400, why: expect.stringContaining('version') }]);
    const odd = alert({ alertname: 'act', pool: 'large', instance: 'not a node!', fingerprint: 'odd' });
    const broken = {
      ...alert({ alertname: 'act', pool: 'large', instance: 'n' }),
      startsAt: '2026-11-29 02:00:00',
    };
    const body = JSON.stringify({ ...notification([odd, broken]), truncatedAlerts: 37 });
    expect(await post(body)).toMatchObject({ status: 202, body: { ignored: [{}, { alert: 'odd' }] } });
    expect(await events('fingerprint=odd')).toMatchObject([
      {
        truncated: 37,
        alerts: [
          { alert: 'odd', named: ['not a node!'], ignored: expect.stringContaining('neither a node') },
        ],
      },
    ]);
    for (const metric of ['RequestsRefused', 'AlertsTruncated', 'AlertsIgnored'])
      await until(
        () => system.logs.find(({ line }) => line.includes(metric)),
        () => `nothing about ${metric} in the log`,
      );
  });
});
