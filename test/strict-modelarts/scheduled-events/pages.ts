import { badRequest, json, type OperationPage } from '../page.ts';
import { noParameters } from '../tables.ts';
import { acceptScheduledEventFaults, listScheduledEventsFaults } from './tables.ts';

/** Maintenance that a test has planned. The strict API shows it as it is. */
export type StrictPlannedEvent = { id: string; state: string } & Readonly<Record<string, unknown>>;

/** The two operations of planned maintenance, which are below `/v1` (docs/design/modelarts-notes.md, 3.5). */
export const scheduledEventPages: readonly OperationPage[] = [
  {
    operation: 'list-scheduled-events',
    version: 'v1',
    method: 'GET',
    path: /^\/scheduled-events$/,
    faults: ({ query }) => listScheduledEventsFaults(query),
    answer: ({ pool }, { query }) => {
      const state = query.get('state');
      const nodeName = query.get('nodeName');
      const found = pool.plannedEvents.filter(
        (event) =>
          (state === null || event.state === state) && (nodeName === null || event['nodeName'] === nodeName),
      );
      const offset = Number(query.get('offset') ?? 0);
      const events = found.slice(offset, offset + Number(query.get('limit') ?? 100));
      return { status: 200, body: { events, count: found.length } };
    },
  },
  {
    operation: 'accept-scheduled-event',
    version: 'v1',
    method: 'POST',
    path: /^\/scheduled-events\/(?<name>[^/]+)\/accept$/,
    contentType: json,
    faults: ({ query, body }) => [...noParameters(query), ...acceptScheduledEventFaults(body)],
    answer: ({ pool, name }) => {
      const event = pool.plannedEvents.find(({ id }) => id === name);
      if (event?.state !== 'inquiring') return badRequest(` The event is ${event?.state ?? 'not known'}.`);
      event.state = 'scheduled';
      return { status: 200, body: {} };
    },
  },
];
