import * as z from 'zod';
import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { AcceptScheduledEventRequest } from '../requests/accept-scheduled-event.ts';

/** Authorizes planned maintenance. There is no job: Poolkeeper reads the event until it has ended. */
export const acceptScheduledEvent = defineEndpoint({
  name: 'acceptScheduledEvent',
  method: 'POST',
  path: '/v1/{project_id}/scheduled-events/{event_id}/accept',
  body: AcceptScheduledEventRequest,
  // No page has the answer. The event itself shows the effect.
  reply: z.unknown(),
  idempotent: false,
  page: "AcceptScheduledEvent, in the models of Huawei's SDK only (docs/design/modelarts-notes.md, 3.5)",
});
