import type { Facts, Guard } from '#lib/guards/guard';
import { unknown } from '#lib/guards/unknown';
import type { PlannedEvent } from '#lib/modelarts/replies/planned-event';
import { AcceptScheduledEventParameters } from '#lib/modelarts/requests/accept-scheduled-event';

/** The events of the node that wait for an authorization; only the one that the command names, if it names one. */
export function waitingEvents({ node, target, reading, remediation }: Facts): PlannedEvent[] {
  const { eventId } = parametersOf({ remediation });
  const name = node?.name ?? target;
  return (reading.plannedEvents ?? []).filter(
    (event) =>
      event.state === 'inquiring' &&
      event.nodeName === name &&
      (eventId === undefined || event.id === eventId),
  );
}

export function parametersOf({ remediation }: Pick<Facts, 'remediation'>) {
  return AcceptScheduledEventParameters.parse(remediation.parameters);
}

/**
 * Exactly one event of the node waits for an authorization, and allows the kind of redeployment. If several wait, a person decides
 * between them.
 *
 * Source: docs/design/modelarts-notes.md, 3.5: if the node is unavailable, only HARD works.
 */
export const eventWaits: Guard = (facts, now) => {
  const guard = 'event-waits';
  const events = waitingEvents(facts);
  const [event] = events;
  const { node, reading } = facts;
  const odd = reading.unreadable?.plannedEvents ?? [];
  if (!event && odd.length > 0)
    return unknown(guard, `an event of the pool cannot be read: ${odd[0]?.why}`, facts, now);
  if (!event)
    return { guard, allowed: false, why: 'no scheduled event of the node waits for an authorization' };
  if (events.length > 1) {
    const ids = events.map(({ id }) => id).join(', ');
    const why = `several scheduled events of the node wait: ${ids}. Send a command with one of them as eventId`;
    return { guard, allowed: false, handsOver: true, why };
  }
  const { redeployConfig } = parametersOf(facts);
  const isOffered =
    !redeployConfig || event.redeployType.length === 0 || event.redeployType.includes(redeployConfig.type);
  if (!isOffered) {
    const why = `event ${event.id} offers ${event.redeployType.join(' and ')}, and not ${redeployConfig.type}`;
    return { guard, allowed: false, why };
  }
  if (redeployConfig?.type === 'SOFT' && node && node.phase !== 'Available') {
    const why = `the node is ${node.phase}; SOFT needs a node that is Available`;
    return { guard, allowed: false, why };
  }
  return {
    guard,
    allowed: true,
    why: `event ${event.id} (${event.type ?? 'of no type'}) waits for an authorization`,
  };
};
