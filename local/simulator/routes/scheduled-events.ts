import * as z from 'zod';
import { badRequest } from '../api-error.ts';
import { beginMaintenance, RedeployType, renderPlannedEvent } from '../world/planned-event.ts';
import { parseRequestBody } from './request-body.ts';
import { queryInteger, type Route } from './route.ts';

/**
 * ListScheduledEvents (docs/design/modelarts-notes.md, 3.5): newest first, filtered by pool and node. No page states how the API
 * spells its lists of states and types, so these filters are ignored.
 */
export const listScheduledEvents: Route = {
  endpoint: 'list-scheduled-events',
  method: 'GET',
  path: '/v1/{project_id}/scheduled-events',
  handle({ query }, world) {
    const pool = query.get('poolName') ?? '';
    const node = query.get('nodeName') ?? '';
    const limit = queryInteger(query, 'limit', { byDefault: 100, max: 100 });
    const offset = queryInteger(query, 'offset', { byDefault: 0 });
    const found = world.plannedEvents
      .filter((event) => (pool === '' || event.poolId === pool) && (node === '' || event.node === node))
      .toReversed();
    const events = found.slice(offset, offset + limit).map((event) => renderPlannedEvent(event, world));
    return { events, count: found.length };
  },
};

const Acceptance = z.strictObject({
  notBefore: z.iso.datetime().optional(),
  redeployConfig: z.strictObject({ type: RedeployType, autoFlow: z.boolean().optional() }).optional(),
});

/**
 * AcceptScheduledEvent: only an event in the state inquiring can be accepted. The maintenance begins at once, or at `notBefore`. No
 * page has the answer; this one is empty.
 */
export const acceptScheduledEvent: Route = {
  endpoint: 'accept-scheduled-event',
  method: 'POST',
  path: '/v1/{project_id}/scheduled-events/{event_id}/accept',
  handle(request, world) {
    const id = request.pathParameters['event_id'] ?? '';
    const { notBefore, redeployConfig } = parseRequestBody(request, Acceptance, 'application/json');
    const event = world.plannedEvents.find((one) => one.id === id);
    if (event === undefined) throw badRequest(`there is no scheduled event ${id}`);
    if (event.state !== 'inquiring') throw badRequest(`scheduled event ${id} is ${event.state}`);
    if (redeployConfig && !event.redeployTypes.includes(redeployConfig.type))
      throw badRequest(`redeployConfig.type: the event offers ${event.redeployTypes.join(', ')}`);
    const waitMs = notBefore === undefined ? 0 : Date.parse(notBefore) - world.clock.realMs();
    beginMaintenance(event, Math.max(0, waitMs), world);
    return {};
  },
};
