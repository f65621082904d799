import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { root } from '#test/meta/serverless-declaration';
import { pool } from './rules.ts';
import { token } from './stand-ins.ts';

const Json = z.record(z.string(), z.unknown());

/** The context of every request that API Gateway passes on. */
const requestContext = { http: { sourceIp: '127.0.0.1' } };
const headers = { authorization: `Bearer ${token}` };

/** The body that Alertmanager posts: one new alert for each of these addresses, or names of nodes. */
export function alertBody(instances: readonly string[], startsAt = new Date()): string {
  const labels = { alertname: 'NT_NPU_CARD_LOSE', cluster: pool, job: 'npu-exporter', severity: 'critical' };
  return JSON.stringify({
    version: '4',
    groupKey: '{}/{cluster="train-a"}:{alertname="NT_NPU_CARD_LOSE"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'poolkeeper',
    groupLabels: { alertname: 'NT_NPU_CARD_LOSE' },
    commonLabels: labels,
    commonAnnotations: { summary: 'NPU card lost' },
    externalURL: 'http://alertmanager.example.com:9093',
    alerts: instances.map((instance) => ({
      status: 'firing',
      labels: { ...labels, instance },
      annotations: {
        summary: 'NPU card lost',
        description: `Node ${instance} shows fewer NPU cards than its flavor has.`,
      },
      startsAt: startsAt.toISOString(),
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example.com:9090/graph?g0.expr=npu_fault&g0.tab=1',
      fingerprint: randomUUID().replaceAll('-', '').slice(0, 16),
    })),
  });
}

/** A request with such a post. */
export function alertEvent(instances: readonly string[]): object {
  return {
    routeKey: 'POST /alerts/{source}',
    requestContext,
    pathParameters: { source: 'alertmanager' },
    headers,
    body: alertBody(instances),
  };
}

/** A delivery of SQS with these messages. */
export function queueEvent(...messages: readonly object[]): object {
  return {
    Records: messages.map((message) => ({
      messageId: randomUUID(),
      body: JSON.stringify(message),
      attributes: { SentTimestamp: String(Date.now()), ApproximateReceiveCount: '1' },
      messageAttributes: {},
    })),
  };
}

/** The command to reset a node, as a rule gives it. */
export function resetCommand(node: string): object {
  return {
    id: randomUUID(),
    action: 'reset-nodes',
    pool,
    nodes: [node],
    parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 }, nodeConfig: {} },
    evidenceAt: new Date(),
    reason: { source: 'bench' },
    mode: 'act',
  };
}

/**
 * A new event for a function, of the kind that it gets most. Undefined: a schedule starts it, or a notice to a person.
 *
 * @param node a node of the pool that no other event has named
 */
export async function eventFor(name: string, node: string): Promise<object | undefined> {
  if (name === 'console') return { routeKey: 'GET /remediations', requestContext, headers };
  if (name === 'receive-alert') return alertEvent([node]);
  if (name === 'reset-nodes') return queueEvent(resetCommand(node));
  if (name === 'poll-jobs')
    return queueEvent({
      callId: 'none',
      pool: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036',
      probe: { kind: 'lost-call' },
      look: 0,
      dueAt: new Date(),
    });
  const file = path.join(root, `events/commands/${name}.json`);
  if (!existsSync(file)) return undefined;
  const sample = Json.parse(JSON.parse(await readFile(file, 'utf8')));
  // Observed: everything is read and judged, and the next event meets the same world.
  return queueEvent({ ...sample, id: randomUUID(), mode: 'observe', evidenceAt: new Date() });
}
