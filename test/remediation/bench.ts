import { randomUUID } from 'node:crypto';
import type { ActionDefinition } from '#lib/actions/action';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import type { QueueMessage } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import type { Invocation } from '#lib/handler/invocation';
import { DEFERRAL_ATTRIBUTE, type QueueRecord, REDRIVEN_BY_ATTRIBUTE } from '#lib/handler/queue-record';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { createLogger } from '#lib/log';
import { ModelArtsError, type ModelArtsFailure } from '#lib/modelarts/client/errors';
import { createRecentWorkloads } from '#lib/modelarts/reading/recent-workloads';
import { NodeOutcomes } from '#lib/modelarts/replies/node-outcomes';
import { WORKLOAD_STATUSES } from '#lib/modelarts/replies/workload';
import { receive } from '#lib/receiving/receive';
import { handleCommands } from '#lib/remediation/execution/act';
import { pollCalls } from '#lib/remediation/tracking/poll';
import { clientOf } from '#test/strict-modelarts/client';
import { type Joined, remediationsIn } from '../ledger/joined.ts';
import { rulesOf } from './rules-of.ts';

export const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';

export const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
rules:
  - name: card-lost
    when: { source: alertmanager, labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    cooldown: 6h
    ladder: [ { reset-nodes: {} } ]
  - name: watched
    when: { labels: { alertname: Watched } }
    node: { from: labels.instance }
    pool: train-a
    ladder: [ { reset-nodes: {} } ]
  - name: verified
    when: { labels: { alertname: Verified } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {}, verify: { healthyFor: 2m, within: 20m } } ]
polling: { first: 90s, every: 30s }
`;

type FakeNode = {
  name: string;
  phase: string;
  privateIp: string;
  createdAt?: string;
  driverPhase?: string | undefined;
  driverVersion?: string;
  labels?: Record<string, string>;
  flavor?: string;
  subnet?: string;
};
type FakeJob = {
  jobId: string;
  phase: string;
  suspended: boolean;
  startedAtMs: number;
  type?: string;
  message?: string;
  text: string;
  /** Brings about what the job was to do, when it ends well. */
  finish?: () => void;
};

const HA_LABEL = 'os.modelarts.node/ha.redundant.enabled';

/**
 * The whole of Poolkeeper's remediation code on a clock that is moved by hand, with queues and an API in memory.
 *
 * @param action the function to whose queue `command` sends. @default reset-nodes
 */
export function createBench<Body extends Record<string, unknown> = Record<string, never>>(
  rulesText = RULES,
  action?: ActionDefinition<Body>,
) {
  let now = Date.parse('2026-11-20T10:00:00Z');
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const rules = rulesOf(rulesText);
  const store = createMemoryStore();
  const logs: string[] = [];
  const log = createLogger({}, { write: (line) => logs.push(line), now: clock.now });

  const nodes = new Map<string, FakeNode>();
  for (let index = 1; index <= 120; index += 1) {
    const name = `os-node-created-${String(index).padStart(5, '0')}`;
    nodes.set(name, {
      name,
      phase: 'Abnormal',
      privateIp: `10.0.${Math.floor(index / 250)}.${index % 250}`,
      createdAt: '2026-08-01T02:03:04Z',
    });
  }
  /** Other pools by their ids; a migration goes into one of them. A pool without nodes says `clusters` of itself. */
  const pools = new Map<string, { nodes: Map<string, FakeNode>; clusters: string[] }>();
  /** The node pools of a pool by its id; of the others the API does not tell any. */
  const nodePools = new Map<string, { name: string; resources: Record<string, unknown> }[]>();
  /** What batch-update does: nodes that it refuses, and whether it shows what it has done. */
  const update = { failing: new Set<string>(), shown: true, answer: undefined as unknown };
  const jobs: FakeJob[] = [];
  const workloads: { name: string; type?: string; status: string; hostIps: string[] }[] = [];
  const requests: { endpoint: string; body?: any; at: number }[] = [];
  /** Decides what becomes of a request: throws, or returns to let it be done. */
  const api = {
    before: (_endpoint: string, _body: any): void | Promise<void> => {},
    after: (_endpoint: string, _body: any): void => {},
  };

  const client = clientOf(async (endpoint, input) => {
    requests.push({ endpoint: endpoint.name, body: input.body, at: now });
    await api.before(endpoint.name, input.body);
    const reply = answer(endpoint.name, input);
    api.after(endpoint.name, input.body);
    // As every list that was read says.
    return { unreadable: [], ...(reply as object) };
  });

  function nodesOf(pool: string): Map<string, FakeNode> {
    if (pool === POOL) return nodes;
    const other = pools.get(pool);
    if (other) return other.nodes;
    throw apiError('listPoolNodes', {
      outcome: 'refused',
      transient: false,
      status: 404,
      code: 'ModelArts.50015001',
      vendorMessage: 'pool not found',
    });
  }

  function answerUpdate({ action: kind, nodeNames }: any): unknown {
    const failed = nodeNames.filter((name: string) => update.failing.has(name) || !nodes.has(name));
    const succeeded = nodeNames.filter((name: string) => !failed.includes(name));
    if (update.shown && kind.endsWith('HaRedundant'))
      for (const name of succeeded)
        nodes.get(name)!.labels = { [HA_LABEL]: String(kind === 'openHaRedundant') };
    return NodeOutcomes.parse(update.answer ?? { successNodeNames: succeeded, failNodeNames: failed });
  }

  function startMigration({ migrateNodeNames, toPoolName }: any): unknown {
    const jobId = `job-${jobs.length + 1}`;
    const moved: FakeNode[] = migrateNodeNames.map((name: string) => nodes.get(name)!);
    for (const node of moved) node.phase = 'Deleting';
    jobs.push({
      jobId,
      phase: 'Running',
      suspended: false,
      startedAtMs: now,
      text: JSON.stringify(migrateNodeNames),
      finish: () => {
        for (const node of moved) {
          nodes.delete(node.name);
          nodesOf(toPoolName ?? POOL).set(node.name, { ...node, phase: 'Available' });
        }
      },
    });
    return { jobId };
  }

  /** Those of the page's three kinds. Without a kind, a workload of the bench has no counts. */
  function workloadCounts() {
    return ['train', 'infer', 'notebook'].map((type) => ({
      type,
      counts: Object.fromEntries(
        WORKLOAD_STATUSES.map((status) => [
          status,
          workloads.filter((one) => one.type === type && one.status === status).length,
        ]),
      ),
    }));
  }

  function answer(endpoint: string, { path, body, query }: any): unknown {
    if (endpoint === 'batchUpdateNodes') return answerUpdate(body);
    if (endpoint === 'batchMigrateNodes') return startMigration(body);
    if (endpoint === 'listNodePools' && nodePools.has(path.pool_name))
      return { nodePools: nodePools.get(path.pool_name) };
    if (endpoint === 'showPool')
      return { name: path.pool_name, clusters: pools.get(path.pool_name)!.clusters };
    if (/reset|reboot/i.test(endpoint)) {
      const jobId = `job-${jobs.length + 1}`;
      jobs.push({
        jobId,
        phase: 'Running',
        suspended: false,
        startedAtMs: now,
        type: /reset/i.test(endpoint) ? 'reset-nodes' : 'reboot-node',
        text: JSON.stringify(body.nodeNames),
      });
      for (const name of body.nodeNames) nodes.get(name)!.phase = 'Creating';
      return { jobId };
    }
    if (/jobs/i.test(endpoint)) {
      const found = jobs.filter(({ startedAtMs }) => startedAtMs >= query.since);
      return { count: found.length, jobs: found };
    }
    if (endpoint === 'showWorkloadStatistics') return { kinds: workloadCounts() };
    if (/workload/i.test(endpoint)) return { count: workloads.length, workloads };
    if (/nodes/i.test(endpoint))
      return {
        nodes: [...nodesOf(path.pool_name).values()].map((node) => ({
          labels: {},
          annotations: {},
          taints: [],
          ...node,
        })),
      };
    throw apiError(endpoint, { outcome: 'refused', transient: false, status: 404, code: 'APIGW.0101' });
  }

  /** `to`: the function whose queue a command is on. */
  type Waiting = QueueMessage & { dueMs: number; messageId: string; receives: number; to?: string };
  let messageCount = 0;
  const queues = {
    commands: [] as Waiting[],
    follow: [] as Waiting[],
    deadLetters: [] as Waiting[],
  };
  const queue = (name: keyof typeof queues, to?: string) => ({
    send(messages: readonly QueueMessage[]) {
      for (const message of messages) {
        messageCount += 1;
        queues[name].push({
          ...message,
          dueMs: now + (message.delaySeconds ?? 0) * 1000,
          messageId: `m${messageCount}`,
          receives: 0,
          ...(to && { to }),
        });
      }
      return Promise.resolve();
    },
  });

  const own = action?.action ?? 'reset-nodes';
  const commands = {
    'reset-nodes': queue('commands', 'reset-nodes'),
    'migrate-nodes': queue('commands', 'migrate-nodes'),
    'update-nodes': queue('commands', 'update-nodes'),
  };
  const commandQueue = queue('commands', own);
  /** What `notify` is to tell. */
  const notices: any[] = [];
  const services = {
    store,
    rules,
    clock,
    modelarts: () => client,
    recentWorkloads: createRecentWorkloads(clock),
    newId: randomUUID,
    commands: { ...commands, [own]: commandQueue },
    follow: queue('follow'),
    deadLetters: queue('deadLetters'),
    notices: {
      send(messages: readonly QueueMessage[]) {
        notices.push(...messages.map(({ body }) => JSON.parse(body)));
        return Promise.resolve();
      },
    },
    maxReceives: 5,
  };
  const invocation = (): Invocation => ({
    log,
    beganAtMs: now,
    deadlineMs: now + 58_000,
    signal: new AbortController().signal,
  });
  const handlers: Record<string, ReturnType<typeof handleCommands>> = {
    'reset-nodes': handleCommands(resetNodes),
    'migrate-nodes': handleCommands(migrateNodes),
    'update-nodes': handleCommands(updateNodes),
    ...(action && { [action.action]: handleCommands(action) }),
  };

  /** Takes what is due off a queue, as one batch, twice as often as `copies` says, and hands it to its function. */
  async function drain(name: 'commands' | 'follow', copies = 1): Promise<number> {
    return deliver(
      name,
      queues[name].filter(({ dueMs }) => dueMs <= now),
      copies,
    );
  }

  /** Takes messages off a queue and hands them to its function, as one batch, as often as `copies` says. */
  async function deliver(name: 'commands' | 'follow', due: readonly Waiting[], copies = 1): Promise<number> {
    queues[name] = queues[name].filter((message) => !due.includes(message));
    if (due.length === 0) return 0;
    const batches = [...Map.groupBy(due, ({ to }) => to).entries()].flatMap(([to = '', messages]) => {
      const records = messages.map(
        ({ messageId, body, receives, attributes }): QueueRecord => ({
          messageId,
          body,
          sentAtMs: now,
          receiveCount: receives + 1,
          ...(attributes?.[DEFERRAL_ATTRIBUTE] && { deferral: Number(attributes[DEFERRAL_ATTRIBUTE]) }),
          ...(attributes?.[REDRIVEN_BY_ATTRIBUTE] && { redrivenBy: attributes[REDRIVEN_BY_ATTRIBUTE] }),
        }),
      );
      return Array.from({ length: copies }, () =>
        (handlers[to] ?? pollCalls)(records, services, invocation()),
      );
    });
    const again = new Set((await Promise.all(batches)).flat());
    for (const message of due)
      if (again.has(message.messageId))
        queues[name].push({ ...message, dueMs: now + 360_000, receives: message.receives + 1 });
    return due.length;
  }

  return {
    rules,
    store,
    nodes,
    pools,
    nodePools,
    update,
    jobs,
    workloads,
    requests,
    api,
    queues,
    notices,
    logs,
    services,
    commandQueue,
    invocation,
    drain,
    deliver,
    now: () => now,
    resets: () => requests.filter(({ endpoint }) => /reset/i.test(endpoint)),
    /** What was sent to an endpoint. */
    bodies: (endpoint: string): any[] =>
      requests.filter((request) => request.endpoint === endpoint).map(({ body }) => body),
    /** Names of the nodes that something works on, by the ledger. */
    leased: (): string[] =>
      store
        .documents()
        .filter(({ pk, sk }) => pk.startsWith('pool#') && sk === '-')
        .flatMap(({ value }) => Object.keys((value as any).held)),
    /** Moves the clock on, and nothing else. */
    stand(ms: number): void {
      now += ms;
    },
    /** Moves the clock on, working off nothing but what poll-jobs has to look at. */
    async pass(ms: number): Promise<void> {
      now += ms;
      await drain('follow');
    },
    /** Moves the clock on in steps, working off what falls due. */
    async advance(ms: number, step = 5_000): Promise<void> {
      const end = now + ms;
      while (now < end) {
        now = Math.min(now + step, end);
        await drain('commands');
        await drain('follow');
      }
    },
    receive: (...alerts: ReceivedAlert[]) =>
      receive(
        { source: 'alertmanager', bytes: 0, truncated: 0, alerts, unreadable: [] },
        services,
        invocation(),
      ),
    command: (body: unknown) =>
      commandQueue.send([{ body: typeof body === 'string' ? body : JSON.stringify(body) }]),
    endJob(jobId: string, phase = 'Success', after: Record<string, string> = {}): void {
      const job = jobs.find((candidate) => candidate.jobId === jobId)!;
      job.phase = phase;
      if (job.finish) {
        if (phase === 'Success') job.finish();
        return;
      }
      for (const name of JSON.parse(job.text || '[]')) nodes.get(name)!.phase = after[name] ?? 'Available';
    },
    remediations: (): Joined[] => remediationsIn(store.documents()),
  };
}

export function nodeName(index: number): string {
  return `os-node-created-${String(index).padStart(5, '0')}`;
}

export function firing(
  node: string,
  more: Partial<ReceivedAlert> & { alertname?: string } = {},
): ReceivedAlert {
  const { alertname = 'CardLost', ...rest } = more;
  return {
    source: 'alertmanager',
    status: 'firing',
    labels: { alertname, instance: node },
    annotations: {},
    fingerprint: `fp-${alertname}-${node}`,
    startsAt: '2026-11-20T09:59:30.000Z',
    ...rest,
  };
}

export function apiError(name: string, failure: Omit<ModelArtsFailure, 'endpoint' | 'path'>): ModelArtsError {
  const method = /^(list|show)/.test(name) ? 'GET' : 'POST';
  return new ModelArtsError({ endpoint: { name, method, idempotent: false }, path: '/', ...failure });
}
