import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import { listScheduledEvents } from '#lib/modelarts/endpoints/list-scheduled-events';
import type { Listing } from '#lib/modelarts/replies/listing';
import type { PlannedEvent } from '#lib/modelarts/replies/planned-event';
import { mergeEntries } from './merge-entries.ts';
import { list } from './pool-reader.ts';
import { readByOffset } from './read.ts';

/** The largest page of this list (docs/design/modelarts-notes.md, 3.5). */
const PAGE_SIZE = 100;

/**
 * All maintenance that Huawei has planned for a pool, ended or not, each event once. An event that names another pool is left out:
 * no page states that the API applies the filter.
 *
 * @param pool the pool's id
 * @throws ModelArtsError the client's errors, and `reply-unexpected` if fewer came than the API counts, or the list has no end.
 */
export async function readPlannedEvents(
  client: Pick<ModelArtsClient, 'send'>,
  pool: string,
  options?: SendOptions,
): Promise<Listing<PlannedEvent>> {
  const listing = await readByOffset<PlannedEvent>({
    endpoint: listScheduledEvents,
    nameOf: ({ id }) => id,
    endsWithShortPage: true,
    pageSize: PAGE_SIZE,
    async readPage(window) {
      const query = { poolName: pool, ...window };
      const { count, events, unreadable } = await client.send(listScheduledEvents, { query }, options);
      return { count, items: events, unreadable };
    },
  });
  const { items, unreadable } = mergeEntries(listing, ({ id }) => id);
  return { items: items.filter(({ poolName = pool }) => poolName === pool), unreadable };
}

export const plannedEventsOf = list('scheduled events', ({ client, options }, pool) =>
  readPlannedEvents(client, pool, options),
);
