import type { ScheduledEvent } from '#events/schedule';
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
  const isOpen = (alert: ReceivedAlert) =>
    known.of(alert)?.value?.episodes.some(({ closing }) => closing === undefined) ?? false;
  const alerts = delivery.alerts.filter((alert) => alert.status === 'firing' || isOpen(alert));
  invocation.log.info('read the scheduled events of a pool', {
    pool: pool.name,
    listed: listing.items.length,
    alerts: alerts.length,
    unreadable: delivery.unreadable.length,
  });
  if (alerts.length + delivery.unreadable.length === 0) return;
  await receive({ ...delivery, alerts }, services, invocation);
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
