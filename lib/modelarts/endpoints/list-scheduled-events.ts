import * as z from 'zod';
import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { PlannedEventPage } from '../replies/planned-event.ts';

const ListScheduledEventsQuery = z.strictObject({
  limit: z.int().min(1).max(100).optional(),
  /** Number of records. No page states it. */
  offset: z.int().min(0).optional(),
  /** The pool's id. */
  poolName: z.string().min(1).optional(),
  nodeName: z.string().min(1).optional(),
});

/** Lists planned maintenance, which Huawei calls scheduled events. The API takes more filters; no page states how it spells lists. */
export const listScheduledEvents = defineEndpoint({
  name: 'listScheduledEvents',
  method: 'GET',
  path: '/v1/{project_id}/scheduled-events',
  query: ListScheduledEventsQuery,
  reply: PlannedEventPage,
  idempotent: true,
  page: "ListScheduledEvents, in the models of Huawei's SDK only (docs/design/modelarts-notes.md, 3.5)",
});
