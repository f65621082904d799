import type { ScheduledEvent } from '#events/schedule';
import { endedAtMs, isOpen } from '#lib/alerts/episode';
import type { KnownAlert } from '#lib/alerts/evidence';
import { alertsOfPlannedEvents, SCHEDULED_EVENT } from '#lib/alerts/sources/scheduled-events';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import type { Invocation } from '#lib/handler/invocation';
import { readPlannedEvents } from '#lib/modelarts/reading/planned-events';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { AlertRule, PoolRules, Rules } from '#lib/rules/rules';
import { readKnownAlerts } from './known-alerts.ts';
import { type ReceiveServices, receive } from './receive.ts';

export type ScheduledEventServices = ReceiveServices & Pick<RemediationServices, 'modelarts'>;

/**
 * An end that was taken in before is taken in again for this time: the process that closed the episode may have died before it did
 * what the end asks for, and the end comes by no message that would be delivered again.
 */
const REPEATED_FOR_MS = 3_600_000;

/**
 * Reads the maintenance that Huawei has planned, for each pool that a rule with this source is about, and takes it in as alerts. Without
 * such a rule it reads nothing.
 *
 * @throws AggregateError naming each pool that failed; the others are done. Lambda then invokes the function again.
 */
export async function readScheduledEvents(
  _event: ScheduledEvent,
  services: ScheduledEventServices,
  invocation: Invocation,
): Promise<void> {
  const { rules } = services;
  const failures: Error[] = [];
  for (const pool of rules.pools) {
    const own = rulesAbout(pool, rules);
    if (!own.rules.some(takesScheduledEvents)) continue;
    try {
      await readPool(pool, { ...services, rules: own }, invocation);
    } catch (error) {
      failures.push(new Error(`Pool ${pool.name}`, { cause: error }));
    }
  }
  if (failures.length > 0)
    throw new AggregateError(
      failures,
      `the scheduled events of ${failures.length} pools could not be taken in; the log has the reasons`,
    );
}

async function readPool(
  pool: PoolRules,
  services: ScheduledEventServices,
  invocation: Invocation,
): Promise<void> {
  const { modelarts, store, clock } = services;
  const { signal } = invocation;
  const listing = await readPlannedEvents(modelarts(pool), pool.id, { signal });
  const delivery = alertsOfPlannedEvents(listing, pool.id, clock.now());
  const resolved = delivery.alerts.filter(({ status }) => status === 'resolved');
  const known = await readKnownAlerts(store, resolved);
  const alerts = delivery.alerts.flatMap((alert) =>
    alert.status === 'firing' ? alert : (asTakenIn(alert, known.of(alert), clock.now()) ?? []),
  );
  invocation.log.info('read the scheduled events of a pool', {
    pool: pool.name,
    listed: listing.items.length,
    alerts: alerts.length,
    unreadable: delivery.unreadable.length,
  });
  if (alerts.length + delivery.unreadable.length === 0) return;
  await receive({ ...delivery, alerts }, services, invocation);
}

/**
 * The end of an alert, if there is still something to do about it: the first time, and for a while as it was taken in then. Undefined
 * for an alert that never fired here.
 */
function asTakenIn(
  alert: ReceivedAlert,
  known: KnownAlert | undefined,
  now: number,
): ReceivedAlert | undefined {
  const episodes = known?.value?.episodes ?? [];
  if (episodes.some(isOpen)) return alert;
  const endedMs = Math.max(...episodes.flatMap(({ closing }) => (closing ? endedAtMs(closing) : [])));
  return now - endedMs <= REPEATED_FOR_MS ? { ...alert, endsAt: new Date(endedMs).toISOString() } : undefined;
}

/** The rules without those that are about other pools: an event of one pool never leads to work in another. */
function rulesAbout(pool: PoolRules, rules: Rules): Rules {
  const isAbout = ({ pool: of }: AlertRule) =>
    'name' in of ? of.name === pool.name : (of.of?.includes(pool.name) ?? true);
  return { ...rules, rules: rules.rules.filter(isAbout) };
}

function takesScheduledEvents({ when }: AlertRule): boolean {
  return [when].flat().some(({ source }) => source === SCHEDULED_EVENT);
}
