import * as z from 'zod';
import { itemsOf } from './listing.ts';
import { EntryName, listOf, TolerantNumber, TolerantText } from './tolerant.ts';

/**
 * The states of planned maintenance, in their order; an event ends in one of the last three (docs/design/modelarts-notes.md,
 * 3.5).
 */
export const PLANNED_STATES = [
  'inquiring',
  'scheduled',
  'executing',
  'completed',
  'failed',
  'canceled',
] as const;
export type PlannedState = (typeof PLANNED_STATES)[number];

/** Maintenance that Huawei has planned for a node. Any field but the id may be absent; times are UTC texts as the API writes them. */
export const PlannedEvent = z.looseObject({
  id: EntryName,
  type: TolerantText,
  state: TolerantText,
  catalog: TolerantText,
  description: TolerantText,
  instanceType: TolerantText,
  nodeName: TolerantText,
  /** The id of the pool. */
  poolName: TolerantText,
  publishTime: TolerantText,
  startTime: TolerantText,
  finishTime: TolerantText,
  notBefore: TolerantText,
  redeployType: listOf(z.string()).catch([]),
  underLyingInstanceId: TolerantText,
});
export type PlannedEvent = z.output<typeof PlannedEvent>;

/** One page of planned maintenance. `count`: the total over all pages, if the API gives it. */
export const PlannedEventPage = z
  .looseObject({ count: TolerantNumber, events: itemsOf(PlannedEvent) })
  .transform(({ count, events }) => ({ count, events: events.items, unreadable: events.unreadable }));
