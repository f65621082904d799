import { acceptEventTraits } from '#lib/actions/accept-event/traits';
import { eventWaits, parametersOf, waitingEvents } from '#lib/actions/accept-event/waiting-event';
import type { ActionDefinition } from '#lib/actions/action';
import { poolGuards } from '#lib/capacity/pool-guards';
import type { Facts } from '#lib/guards/guard';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import { outOfServiceGuards } from '#lib/guards/out-of-service';
import type { PlannedEvent } from '#lib/modelarts/replies/planned-event';
import { AcceptScheduledEventRequest } from '#lib/modelarts/requests/accept-scheduled-event';

/** The event, and the body of the request about it. */
type Acceptance = AcceptScheduledEventRequest & { eventId: string };

/** Authorizes planned maintenance of a node. `poll-jobs` reads the event until it has ended. */
export const acceptEvent: ActionDefinition<Acceptance> = {
  action: 'accept-event',
  maxNodesPerCall: 1,
  reads: ['workloads', 'scheduled-events'],
  guards: [...outOfServiceGuards, eventWaits, ...nodeHistoryGuards, ...poolGuards],
  needsApproval: losesData,
  terms: (facts) => ({ ...parametersOf(facts), eventId: waitingEvents(facts)[0]?.id }),
  request: (_nodes, { eventId, ...body }) => ({
    eventId: String(eventId),
    ...AcceptScheduledEventRequest.parse(body),
  }),
  send: async (client, _where, { eventId, ...body }, options) => {
    await client.send(acceptEventTraits.endpoint, { path: { event_id: eventId }, body }, options);
    return { kind: 'watched' };
  },
};

/**
 * Whether the maintenance may wipe the disks of the node. Without a `redeployConfig` the API chooses, so an event that may offer HARD
 * may lose the data as well.
 */
function losesData(facts: Facts): string | undefined {
  const { redeployConfig } = parametersOf(facts);
  if (redeployConfig?.type === 'SOFT') return undefined;
  const [event] = waitingEvents(facts);
  return redeployConfig?.type === 'HARD' || (event !== undefined && !keepsData(event))
    ? 'the maintenance may lose all data on the disks of the node, so a person must approve it'
    : undefined;
}

/** Whether an event is known to leave the disks alone. A reading may omit what the event offers, and its type. */
function keepsData({ type, redeployType }: PlannedEvent): boolean {
  const isSoft = redeployType.length > 0 && redeployType.every((kind) => kind === 'SOFT');
  return isSoft && type !== undefined && !type.includes('localdisk');
}
