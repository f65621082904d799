import type { Metric } from '#lib/metrics/metric';
import {
  AlertsIgnored,
  AlertsReceived,
  AlertsTruncated,
  BreakerOpen,
  BudgetLimit,
  Calls,
  DayBudgetFree,
  DeadLetters,
  Deferrals,
  NodesOut,
  Notices,
  NoticesWaiting,
  OldestRemediation,
  OpenRemediations,
  Outcomes,
  PollDelay,
  ReadingAge,
  RequestsRefused,
  SmnMessagesRefused,
  Storm,
  SubscriptionsEnded,
  SweepAge,
  TokensRefused,
} from '#lib/metrics/table';

/** One diagram of a dashboard. `by`: one of the sets of dimensions that all of its metrics have. */
export type Panel = {
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly by: readonly string[];
};

/** The diagrams of both dashboards, in their order: what a person asks first stands first. */
export const panels: readonly Panel[] = [
  { title: 'How remediations ended', metrics: [Outcomes], by: ['state'] },
  { title: 'Open remediations', metrics: [OpenRemediations], by: ['state'] },
  { title: 'The longest time in a state', metrics: [OldestRemediation], by: ['state'] },
  {
    title: 'Nodes out of service, and the budget',
    metrics: [NodesOut, BudgetLimit, DayBudgetFree],
    by: ['pool'],
  },
  { title: 'Storms and open breakers', metrics: [Storm, BreakerOpen], by: ['pool'] },
  { title: 'Age of the last good reading', metrics: [ReadingAge], by: ['pool'] },
  { title: 'Calls, by their answers', metrics: [Calls], by: ['answer'] },
  { title: 'Deferred commands, by the reason', metrics: [Deferrals], by: ['reason'] },
  { title: 'How late polls are', metrics: [PollDelay], by: [] },
  { title: 'Alerts received', metrics: [AlertsReceived], by: ['source'] },
  { title: 'Alerts without effect', metrics: [AlertsIgnored, AlertsTruncated], by: [] },
  { title: 'Requests refused', metrics: [RequestsRefused, TokensRefused], by: ['door'] },
  { title: 'SMN', metrics: [SmnMessagesRefused, SubscriptionsEnded], by: [] },
  { title: 'Notices', metrics: [Notices], by: ['outcome', 'receiver'] },
  { title: 'Notices that wait', metrics: [NoticesWaiting], by: [] },
  { title: 'Dead letters', metrics: [DeadLetters], by: ['queue'] },
  { title: 'Time since the last sweep', metrics: [SweepAge], by: [] },
];
