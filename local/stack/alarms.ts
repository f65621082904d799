import type { Metric } from '#lib/metrics/metric';
import {
  AlertsIgnored,
  AlertsTruncated,
  BreakerOpen,
  DeadLetters,
  Outcomes,
  ReadingAge,
  RequestsRefused,
  SmnMessagesRefused,
  SubscriptionsEnded,
  SweepAge,
  TokensRefused,
} from '#lib/metrics/table';

/** An alarm on a metric of Poolkeeper. docs/operate/runbook.md has a section with its name. */
export type DeclaredAlarm = {
  readonly name: string;
  readonly metric: Metric;
  /** The values of one of the metric's sets of dimensions. @default none */
  readonly of?: Readonly<Record<string, string>>;
  /** `above`: more than this; `silent`: no value at all. */
  readonly when: { readonly above: number } | 'silent';
  /** How many periods of five minutes in a row. @default 1 */
  readonly periods?: number;
  /** Whether people get a message at the end, too: it is a state that ends. */
  readonly ends: boolean;
  /** One sentence for people. */
  readonly meaning: string;
  /** The first thing to do. */
  readonly first: string;
};

/** The alarms on metrics. Each costs money every month, so there is one for each thing that a person must act on, and none for numbers to look at. */
export const metricAlarms: readonly DeclaredAlarm[] = [
  {
    name: 'needs-human',
    metric: Outcomes,
    of: { state: 'needs-human' },
    when: { above: 0 },
    ends: false,
    meaning: 'Poolkeeper has handed a remediation to a person, and does nothing more for it.',
    first: 'poolkeeper list --state needs-human',
  },
  {
    name: 'breaker-open',
    metric: BreakerOpen,
    when: { above: 0 },
    ends: true,
    meaning:
      'Several remediations or calls of a pool have failed in a row: Poolkeeper makes no call there for a while.',
    first: 'poolkeeper status',
  },
  {
    name: 'no-good-reading',
    metric: ReadingAge,
    when: { above: 900 },
    ends: true,
    meaning:
      'A pool could not be read for 15 minutes: Poolkeeper does nothing there, because it does not know how its nodes are.',
    first: 'poolkeeper status',
  },
  {
    name: 'sweep-silent',
    metric: SweepAge,
    when: 'silent',
    periods: 3,
    ends: true,
    meaning:
      'sweep has not come to its end for 15 minutes: interrupted work stays unfinished, and the states of the other alarms are unknown.',
    first: 'the log of sweep',
  },
  {
    name: 'dead-letters',
    metric: DeadLetters,
    when: { above: 0 },
    ends: true,
    meaning: 'No function could process a message, a firing or an event.',
    first: 'poolkeeper redrive',
  },
  {
    name: 'deliveries-refused',
    metric: RequestsRefused,
    of: { door: 'alerts' },
    when: { above: 0 },
    ends: false,
    meaning: 'Poolkeeper refused an entire delivery of alerts, and its sender drops it.',
    first: 'GET /events, which says why',
  },
  {
    name: 'alerts-ignored',
    metric: AlertsIgnored,
    when: { above: 0 },
    ends: false,
    meaning: 'Alerts of acting rules lead to no command, or cannot be read.',
    first: 'GET /events, which says which and why',
  },
  {
    name: 'alerts-truncated',
    metric: AlertsTruncated,
    when: { above: 0 },
    ends: false,
    meaning: 'A sender has left alerts out of a delivery, and Poolkeeper does not know them.',
    first: 'raise max_alerts of the sender, or make its groups smaller',
  },
  {
    name: 'tokens-refused',
    metric: TokensRefused,
    when: { above: 100 },
    ends: false,
    meaning:
      'More than a hundred requests in five minutes had no valid token: a sender has an old one, or a stranger tries to get in.',
    first: 'the log of receive-alert and of console, which has the addresses',
  },
  {
    name: 'smn-messages-refused',
    metric: SmnMessagesRefused,
    when: { above: 20 },
    ends: false,
    meaning: 'Messages arrive that are not signed by SMN for an allowed topic.',
    first: 'GET /events, which says why: a topic may be missing in sources.smn.topics',
  },
  {
    name: 'smn-subscriptions-ended',
    metric: SubscriptionsEnded,
    when: { above: 0 },
    ends: false,
    meaning: 'A topic of SMN sends no more alarms, because its subscription has ended.',
    first: 'subscribe again in the console of SMN, if it must not end',
  },
];

/** The pages about each alarm. */
export const RUNBOOK = 'docs/operate/runbook.md';
