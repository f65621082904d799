import { type Action, actions, traitsOf } from '#lib/actions/traits';
import type { DeclaredFunction, DeclaredQueue } from './declaration.ts';

const queue = { batchSize: 10, batchingWindowSeconds: 2, maximumConcurrency: 2, maxReceives: 5 } as const;

const commandQueue: DeclaredQueue = {
  ...queue,
  alarms: {
    oldestMessage: "Commands wait too long. Check the function's errors and throttles.",
  },
};

/** Many commands for nodes become one call. The low concurrency is the last limit on the work in progress if all others fail. */
const nodeCommandQueue: DeclaredQueue = { ...commandQueue, batchSize: 100, maximumConcurrency: 5 };

function actionFunction(action: Action): DeclaredFunction {
  const { describe, target } = traitsOf(action);
  return {
    name: action,
    description: describe.function,
    timeoutSeconds: 60,
    trigger: { kind: 'queue', ...(target === 'nodes' ? nodeCommandQueue : commandQueue) },
    sendsTo: [...actions, 'poll-jobs', 'notify'],
    ledger: { readsMany: true, removals: true },
    callsModelArts: true,
  };
}

/** Every function of the stack. Its queues, its role, its alarms and its environment derive from its declaration. */
export const declaredFunctions: readonly DeclaredFunction[] = [
  {
    name: 'receive-alert',
    description: 'Takes alerts, decides which commands they lead to, and queues these commands',
    // Just below the 30 s for which an HTTP API waits: a large delivery takes a few writes for each alert.
    timeoutSeconds: 28,
    trigger: {
      kind: 'http',
      routes: [
        'POST /alerts/{source}',
        // Where Prometheus, vmalert and Thanos Ruler post to an Alertmanager.
        'POST /alerts/alertmanager/api/v1/alerts',
        'POST /alerts/alertmanager/api/v2/alerts',
      ],
      direct: {
        retries: 2,
      },
    },
    sendsTo: [...actions, 'notify'],
    ledger: { readsMany: true, journal: true, removals: true },
    secrets: ['POOLKEEPER_WEBHOOK_TOKEN'],
  },
  ...actions.map(actionFunction),
  {
    name: 'enforce-tag-policy',
    description: 'Compares the tags of nodes with the tag policies, and accepts policies from its queue',
    timeoutSeconds: 60,
    trigger: {
      kind: 'queue',
      ...queue,
      isPublic: true,
      everyMinutes: 15,
      alarms: {
        oldestMessage: "Tag policies wait too long. Check the function's errors and throttles.",
      },
    },
    sendsTo: ['update-nodes', 'notify'],
    ledger: { readsMany: true },
    callsModelArts: true,
  },
  {
    name: 'scale-node-pools',
    description: 'Turns each firing of a schedule into the commands for its nodes or its node pool',
    timeoutSeconds: 60,
    trigger: {
      kind: 'schedules',
      retries: 2,
    },
    sendsTo: [...actions, 'notify'],
    ledger: { readsMany: true },
    // A schedule with a node selector reads the pool.
    callsModelArts: true,
  },
  {
    name: 'receive-scheduled-events',
    description: 'Reads the maintenance that Huawei has planned, and takes it in as alerts',
    timeoutSeconds: 60,
    trigger: { kind: 'clock', everyMinutes: 15 },
    sendsTo: [...actions, 'notify'],
    ledger: { readsMany: true, journal: true, removals: true },
    callsModelArts: true,
  },
  {
    name: 'poll-jobs',
    description: 'Polls jobs and targets until their end, and settles their remediations',
    timeoutSeconds: 60,
    trigger: {
      kind: 'queue',
      ...queue,
      // Large batches in few functions: the follow messages of one tick share one list request.
      batchSize: 500,
      alarms: {
        oldestMessage: "Polls of jobs are late. Check the function's errors and throttles.",
      },
    },
    sendsTo: [...actions, 'poll-jobs', 'notify'],
    ledger: { readsMany: true, indexes: ['by-state'], removals: true },
    callsModelArts: true,
  },
  {
    name: 'notify',
    description: 'Sends notices to the recipients in the rules file',
    // Short and often: a recipient that is away for a moment gets its notice soon, and one that is away for two hours still gets it.
    timeoutSeconds: 20,
    trigger: {
      kind: 'queue',
      ...queue,
      batchingWindowSeconds: 0,
      maxReceives: 60,
      alarms: {
        oldestMessage: "Notices wait too long. Check the function's log and the targets under `notify`.",
      },
    },
    // Digests that are due, and notices about recipients that are away.
    sendsTo: ['notify'],
    ledger: { readsMany: true },
    linksToConsole: true,
    // The access key for topics of SMN. The function reads it only if the rules file has such a topic. recipients.ts adds the secrets
    // that the rules file names.
    secrets: ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'HUAWEICLOUD_SDK_SECURITY_TOKEN'],
  },
  {
    name: 'sweep',
    description:
      'Finishes work that crashes and lost messages have interrupted, and reads pools that no other function reads',
    timeoutSeconds: 120,
    trigger: { kind: 'clock', everyMinutes: 5 },
    sendsTo: [...actions, 'poll-jobs', 'notify'],
    ledger: { readsMany: true, indexes: ['by-state', 'by-outbox'], removals: true },
    countsDeadLetters: true,
    // It reads the nodes of pools that no other function has read for five minutes.
    callsModelArts: true,
  },
  {
    name: 'console',
    description: 'Shows the ledger and the page for people, takes commands and approvals, and releases nodes',
    timeoutSeconds: 10,
    trigger: {
      kind: 'http',
      routes: ['GET /healthz', 'GET /', 'GET /assets/{file}'],
      peoplesRoutes: [
        'GET /me',
        'GET /remediations',
        'GET /remediations/{id}',
        'GET /events',
        'GET /stats',
        'GET /metrics',
        'GET /pools',
        'GET /pools/{pool}',
        'GET /pools/{pool}/nodes',
        'GET /nodes/{node}',
        'POST /remediations/{id}/approve',
        'POST /remediations/{id}/reject',
        'POST /remediations/{id}/release',
        'POST /remediations/{id}/withdraw',
        'GET /dead-letters',
        'POST /dead-letters/{id}/redrive',
        'POST /commands',
      ],
    },
    // Its own messages go to actions and to notify. Dead letters return to any queue.
    sendsTo: [...actions, 'poll-jobs', 'enforce-tag-policy', 'notify'],
    readsDeadLetters: true,
    ledger: { readsMany: true, indexes: ['by-time', 'by-pool', 'by-state'], removals: true },
    files: 'page',
    namesProject: true,
    secrets: ['POOLKEEPER_CONSOLE_TOKEN'],
  },
];
