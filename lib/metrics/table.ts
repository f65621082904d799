import type { Metric } from './metric.ts';

// Every metric, once: the log lines for CloudWatch, `GET /metrics`, docs/operate/metrics.md and the dashboards derive from here. Each is a constant
// of its own, so that the bundle of a function has only those that it writes.

// ---- Alerts and requests

export const AlertsReceived = {
  name: 'AlertsReceived',
  kind: 'counter',
  help: 'Alerts in accepted deliveries, firing and resolved',
  labels: ['source'],
  dimensions: [['source']],
} as const satisfies Metric;

export const AlertsIgnored = {
  name: 'AlertsIgnored',
  kind: 'counter',
  help: 'Unreadable alerts, and alerts that an acting rule could not use',
  labels: ['source'],
  dimensions: [[]],
} as const satisfies Metric;

export const AlertsTruncated = {
  name: 'AlertsTruncated',
  kind: 'counter',
  help: 'Alerts that a sender has left out of a delivery',
  labels: ['source'],
  dimensions: [[]],
} as const satisfies Metric;

export const RequestsRefused = {
  name: 'RequestsRefused',
  kind: 'counter',
  help: 'Requests with a refused content. `door`: `alerts` or `people`',
  labels: ['door', 'status'],
  dimensions: [['door']],
} as const satisfies Metric;

export const TokensRefused = {
  name: 'TokensRefused',
  kind: 'counter',
  help: 'Requests without a valid token. `door`: `alerts` or `people`',
  labels: ['door'],
  dimensions: [[], ['door']],
} as const satisfies Metric;

export const SmnMessagesRefused = {
  name: 'SmnMessagesRefused',
  kind: 'counter',
  help: 'Messages without a signature of SMN for an allowed topic',
  labels: [],
  dimensions: [[]],
} as const satisfies Metric;

export const SubscriptionsEnded = {
  name: 'SubscriptionsEnded',
  kind: 'counter',
  help: 'Subscriptions to a topic of SMN that have ended',
  labels: [],
  dimensions: [[]],
} as const satisfies Metric;

// ---- Work

export const Outcomes = {
  name: 'Outcomes',
  kind: 'counter',
  help: 'Ended remediations',
  labels: ['state', 'action', 'pool'],
  dimensions: [['state'], ['state', 'action', 'pool']],
} as const satisfies Metric;

export const Deferrals = {
  name: 'Deferrals',
  kind: 'counter',
  help: 'Deferred commands. `reason`: the guard, or `busy`, `throttled`, `not-sent`',
  labels: ['reason', 'pool'],
  dimensions: [['reason'], ['reason', 'pool']],
} as const satisfies Metric;

export const Calls = {
  name: 'Calls',
  kind: 'counter',
  help: 'Changing requests. `answer`: `accepted`, `refused`, `lost` (effect unknown), `unsure` (unknown, sent again)',
  labels: ['answer', 'action', 'pool'],
  dimensions: [['answer'], ['answer', 'action', 'pool']],
} as const satisfies Metric;

export const PollDelay = {
  name: 'PollDelay',
  kind: 'summary',
  unit: 'Seconds',
  help: 'How late the polls of calls are',
  labels: [],
  dimensions: [[]],
} as const satisfies Metric;

export const Notices = {
  name: 'Notices',
  kind: 'counter',
  help: 'Tries to send a notice. `outcome`: `told`, `failed` (tried again), `refused` (a dead letter)',
  labels: ['outcome', 'receiver'],
  dimensions: [['outcome', 'receiver']],
} as const satisfies Metric;

// ---- States, by `sweep`

export const SweepAge = {
  name: 'SweepAge',
  kind: 'gauge',
  unit: 'Seconds',
  help: 'Time since `sweep` last came to its end',
  labels: [],
  dimensions: [[]],
  isAge: true,
} as const satisfies Metric;

export const OpenRemediations = {
  name: 'OpenRemediations',
  kind: 'gauge',
  help: 'Remediations that have not ended, up to 1000 of each state',
  labels: ['state'],
  dimensions: [['state']],
  isQuiet: true,
} as const satisfies Metric;

export const OldestRemediation = {
  name: 'OldestRemediation',
  kind: 'gauge',
  unit: 'Seconds',
  help: 'The longest time of an open remediation in its state',
  labels: ['state'],
  dimensions: [['state']],
  isAge: true,
  isQuiet: true,
} as const satisfies Metric;

export const NoticesWaiting = {
  name: 'NoticesWaiting',
  kind: 'gauge',
  help: 'Remediations with a notice that a recipient lacks, up to 1000',
  labels: [],
  dimensions: [[]],
  isQuiet: true,
} as const satisfies Metric;

export const DeadLetters = {
  name: 'DeadLetters',
  kind: 'gauge',
  help: 'Dead letters, by the function that could not process them',
  labels: ['queue'],
  dimensions: [[], ['queue']],
  isQuiet: true,
} as const satisfies Metric;

export const ReadingAge = {
  name: 'ReadingAge',
  kind: 'gauge',
  unit: 'Seconds',
  help: 'Time since the last good reading of the pool',
  labels: ['pool'],
  dimensions: [[], ['pool']],
  isAge: true,
} as const satisfies Metric;

export const NodesOut = {
  name: 'NodesOut',
  kind: 'gauge',
  help: 'Nodes out of service, as the budget counts them',
  labels: ['pool'],
  dimensions: [['pool']],
} as const satisfies Metric;

export const BudgetLimit = {
  name: 'BudgetLimit',
  kind: 'gauge',
  help: 'Nodes that may be out of service at once',
  labels: ['pool'],
  dimensions: [['pool']],
} as const satisfies Metric;

export const DayBudgetFree = {
  name: 'DayBudgetFree',
  kind: 'gauge',
  help: 'Nodes that may still be worked on today',
  labels: ['pool'],
  dimensions: [['pool']],
} as const satisfies Metric;

export const Storm = {
  name: 'Storm',
  kind: 'gauge',
  help: '1 during a storm of the pool',
  labels: ['pool'],
  dimensions: [['pool']],
  isQuiet: true,
} as const satisfies Metric;

export const BreakerOpen = {
  name: 'BreakerOpen',
  kind: 'gauge',
  help: '1 while the breaker of the pool is open',
  labels: ['pool'],
  dimensions: [[], ['pool']],
  isQuiet: true,
} as const satisfies Metric;

/** The label `reason` of a deferral by no guard. */
export const WITHOUT_GUARD = ['busy', 'throttled', 'not-sent'] as const;
