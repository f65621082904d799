import { type Action, actions, traitsOf } from '#lib/actions/traits';
import type { DeclaredFunction, DeclaredQueue } from './declaration.ts';

const queue = { batchSize: 10, batchingWindowSeconds: 2, maximumConcurrency: 2, maxReceives: 5 } as const;

const commandQueue: DeclaredQueue = {
  ...queue,
  alarms: {
    deadLetters: 'A message could not be dealt with. `npm run redrive` shows why, and what to do.',
    oldestMessage: "Commands wait longer than they should. Look at the function's errors and throttles.",
  },
};

/** Many commands for nodes become one call. Few batches at a time: the last bound on how much is under way if every other one failed. */
const nodeCommandQueue: DeclaredQueue = { ...commandQueue, batchSize: 100, maximumConcurrency: 5 };

function actionFunction(action: Action): DeclaredFunction {
  const { describe, target } = traitsOf(action);
  return {
    name: action,
    description: describe.function,
    timeoutSeconds: 60,
    trigger: { kind: 'queue', ...(target === 'nodes' ? nodeCommandQueue : commandQueue) },
    sendsTo: [...actions, 'poll-jobs', 'notify'],
    ledger: 'whole',
    callsModelArts: true,
  };
}

/** Every function of the stack. From it follow its queue and dead-letter queue, its role, its alarms and its environment. */
export const functions: readonly DeclaredFunction[] = [
  {
    name: 'receive-alert',
    description: 'Takes alerts, decides what each asks for, and puts the commands on their queues',
    // As long as an HTTP API waits for an answer, nearly: a large delivery is a few writes for each of its alerts.
    timeoutSeconds: 28,
    trigger: { kind: 'http', routes: ['POST /alerts/{source}'] },
    sendsTo: [...actions, 'notify'],
    ledger: 'journal',
    secrets: ['POOLKEEPER_WEBHOOK_TOKEN'],
    metrics: [
      {
        logged: 'AlertsIgnored',
        alarm: 'Alerts of rules that act lead to nothing, or cannot be read. GET /events says which and why.',
      },
      {
        logged: 'AlertsTruncated',
        alarm: 'A sender has left alerts out of a delivery. Raise its max_alerts, or group by less.',
      },
      {
        logged: 'RequestsRefused',
        name: 'DeliveriesRefused',
        alarm: 'A delivery of alerts was refused as a whole, and its sender drops it. GET /events says why.',
      },
      {
        logged: 'RequestsTooLarge',
        name: 'DeliveriesTooLarge',
        alarm: 'A delivery of alerts was too large, and its sender drops it. Lower max_alerts of the sender.',
      },
      {
        logged: 'TokensRefused',
        name: 'WebhookTokensRefused',
        alarm:
          'Somebody sends alerts without a token that is accepted: a sender with an old one, or somebody who tries.',
        threshold: 100,
      },
    ],
  },
  ...actions.map(actionFunction),
  {
    name: 'enforce-tag-policy',
    description: 'Compares the tags of nodes with the tag policies, and takes in policies that are sent',
    timeoutSeconds: 60,
    trigger: {
      kind: 'queue',
      ...queue,
      isPublic: true,
      everyMinutes: 15,
      alarms: {
        deadLetters: 'A tag policy could not be taken in. `npm run redrive` shows why.',
        oldestMessage:
          "Tag policies wait longer than they should. Look at the function's errors and throttles.",
      },
    },
    sendsTo: ['update-nodes', 'notify'],
    ledger: 'by-key',
    callsModelArts: true,
  },
  {
    name: 'scale-node-pools',
    description: 'Turns each firing of a schedule into the commands for its nodes or its node pool',
    timeoutSeconds: 60,
    trigger: {
      kind: 'schedules',
      retries: 2,
      deadLetters:
        'A schedule has fired and nothing came of it. Read the dead letter, then look at the node pool.',
    },
    sendsTo: [...actions, 'notify'],
    ledger: 'by-key',
    // Where a schedule selects nodes, it reads the pool.
    callsModelArts: true,
  },
  {
    name: 'poll-jobs',
    description: 'Looks at what was started until it has ended, and settles it',
    timeoutSeconds: 60,
    trigger: {
      kind: 'queue',
      ...queue,
      // Large batches in few functions: the follow messages of one tick share one list request.
      batchSize: 500,
      alarms: {
        deadLetters:
          'What was started could not be looked at. `npm run redrive` shows why; the sweep follows it on.',
        oldestMessage:
          "Jobs are looked at later than they should be. Look at the function's errors and throttles.",
      },
    },
    sendsTo: [...actions, 'poll-jobs', 'notify'],
    ledger: 'whole',
    callsModelArts: true,
  },
  {
    name: 'notify',
    description: 'Tells the targets of the rules file what people have to know',
    // Short, and often: a target that is away for a moment is told soon after it, one that is away for twenty minutes too.
    timeoutSeconds: 20,
    trigger: {
      kind: 'queue',
      ...queue,
      batchingWindowSeconds: 0,
      maxReceives: 10,
      alarms: {
        deadLetters:
          'A target under `notify` was not told. The message says of what, its attribute `reason` why.',
        oldestMessage:
          "A target under `notify` cannot be told. Look at the function's log, and at the target.",
      },
    },
    sendsTo: [],
    ledger: 'by-key',
    // The key, to publish to topics of SMN; read only if the rules file names one. The URL of a topic says all the rest.
    secrets: ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'HUAWEICLOUD_SDK_SECURITY_TOKEN'],
  },
  {
    name: 'sweep',
    description: 'Finishes what crashes and lost messages have left half done',
    timeoutSeconds: 120,
    trigger: { kind: 'clock', everyMinutes: 5 },
    sendsTo: [...actions, 'poll-jobs', 'notify'],
    ledger: 'whole',
  },
  {
    name: 'console',
    description: 'Shows the ledger, takes commands and approvals, gives nodes back',
    timeoutSeconds: 10,
    trigger: {
      kind: 'http',
      routes: [
        'GET /healthz',
        'GET /remediations',
        'GET /remediations/{id}',
        'GET /events',
        'POST /remediations/{id}/approve',
        'POST /remediations/{id}/reject',
        'POST /remediations/{id}/release',
        'POST /commands',
      ],
    },
    sendsTo: [...actions, 'notify'],
    ledger: 'whole',
    secrets: ['POOLKEEPER_CONSOLE_TOKEN'],
    metrics: [
      {
        logged: 'TokensRefused',
        name: 'ConsoleTokensRefused',
        alarm: 'Somebody asks the console without a token that is accepted.',
        threshold: 100,
      },
    ],
  },
];
