import { type EndedEpisode, enterResolved, recordResolved } from '#lib/alerts/evidence';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import { inTurn } from '#lib/concurrency';
import type { Invocation } from '#lib/handler/invocation';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import { type KnownAlerts, readKnownAlerts } from './known-alerts.ts';
import { AT_ONCE } from './limits.ts';
import type { ReceiveServices } from './receive.ts';

/**
 * Stores that alerts have resolved. Each of their remediations learns it by one write, even if many of its alerts have resolved.
 *
 * @returns also the episodes that end with this delivery, or ended with an earlier copy of it.
 */
export async function takeResolved(
  alerts: readonly ReceivedAlert[],
  services: OutboxServices & Pick<ReceiveServices, 'clock'>,
  { beganAtMs }: Pick<Invocation, 'beganAtMs'>,
): Promise<{ known: KnownAlerts; ended: EndedEpisode[] }> {
  const { store, clock } = services;
  const known = await readKnownAlerts(store, alerts);
  const ended = await inTurn(alerts, AT_ONCE, async (alert): Promise<EndedEpisode[]> => {
    const before = known.of(alert);
    return before ? recordResolved(store, alert, beganAtMs, before) : [];
  });
  const remediations = [...Map.groupBy(ended.flat(), ({ about }) => about.remediation)];
  await inTurn(remediations, AT_ONCE, ([id, episodes]) => enterResolved(services, id, episodes, clock.now()));
  return { known, ended: ended.flat() };
}
