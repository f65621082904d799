import { excerpt } from '#lib/bounds';
import type { Listing } from '#lib/modelarts/replies/listing';
import { PLANNED_STATES, type PlannedEvent, type PlannedState } from '#lib/modelarts/replies/planned-event';
import { timeInUtc } from '#lib/time-text';
import { fingerprintOf } from './fingerprint.ts';
import type { Delivery, ReceivedAlert } from './source.ts';
import { texts, UNKNOWN_START } from './texts.ts';

/** The name of this source in `when.source`. */
export const SCHEDULED_EVENT = 'scheduled-event';

const MAX_TEXT = 1_000;
const DAY_MS = 24 * 3_600_000;

/** Events that ended longer ago have nothing to resolve. */
const FORGOTTEN_AFTER_MS = 7 * DAY_MS;

/** The states in which an event is an alert. A failed one stays an alert for a day. */
const FIRING: readonly PlannedState[] = ['inquiring', 'scheduled', 'executing', 'failed'];

/**
 * Planned maintenance of a pool as alerts. Each state of an event is an alert of its own: it fires while the event is in that state, and
 * is resolved when the event is in a later one. So a rule for `inquiring` is about the time before the authorization only.
 *
 * Pure. The resolutions name states that may never have fired here.
 *
 * @param pool the pool's id, the label `pool` of every alert
 * @param now epoch milliseconds
 */
export function alertsOfPlannedEvents(
  { items, unreadable }: Listing<PlannedEvent>,
  pool: string,
  now: number,
): Delivery {
  const delivery: Delivery = {
    source: SCHEDULED_EVENT,
    bytes: 0,
    truncated: 0,
    alerts: [],
    unreadable: unreadable.map(({ name = pool, why }) => ({ alert: name, why })),
  };
  for (const event of items) {
    const state = PLANNED_STATES.find((known) => known === event.state);
    if (state) delivery.alerts.push(...alertsOf(event, state, pool, now));
    else {
      const why = `the state ${JSON.stringify(excerpt(event.state ?? '', 100))} of the scheduled event is not known`;
      delivery.unreadable.push({ alert: excerpt(event.id, 200), why });
    }
  }
  return delivery;
}

function alertsOf(event: PlannedEvent, state: PlannedState, pool: string, now: number): ReceivedAlert[] {
  const hasEnded = state === 'completed' || state === 'canceled' || state === 'failed';
  const endedMs = timeInUtc(event.finishTime ?? '') ?? now;
  if (hasEnded && now - endedMs > FORGOTTEN_AFTER_MS) return [];
  const before = FIRING.slice(0, FIRING.indexOf(hasEnded ? 'failed' : state));
  const isFiring = FIRING.includes(state) && (state !== 'failed' || now - endedMs < DAY_MS);
  const resolved = before.map((earlier) => ({
    ...alertOf(event, earlier, pool, now),
    status: 'resolved' as const,
    endsAt: new Date(now).toISOString(),
  }));
  return [...(isFiring ? [alertOf(event, state, pool, now)] : []), ...resolved];
}

function alertOf(event: PlannedEvent, state: PlannedState, pool: string, now: number): ReceivedAlert {
  const { id, type = 'unknown', nodeName, catalog, instanceType, redeployType, underLyingInstanceId } = event;
  const startMs = timeInUtc(event.publishTime ?? '');
  return {
    source: SCHEDULED_EVENT,
    status: 'firing',
    // Without a time it began when it was first received.
    startsAt: startMs === undefined || startMs > now ? UNKNOWN_START : new Date(startMs).toISOString(),
    event: excerpt(type, MAX_TEXT),
    labels: texts({
      alertname: type,
      state,
      event_id: id,
      node: nodeName,
      pool,
      catalog,
      instance_type: instanceType,
      server_id: underLyingInstanceId,
      redeploy_type: redeployType.length > 0 ? redeployType.join(',') : undefined,
    }),
    annotations: texts({
      description: event.description,
      publish_time: event.publishTime,
      not_before: event.notBefore,
      start_time: event.startTime,
      finish_time: event.finishTime,
    }),
    fingerprint: fingerprintOf({ source: SCHEDULED_EVENT, event_id: id, state }),
  };
}
