import type { Run } from '../../run.ts';
import { type WorldEvent, wasEver } from '../../world/planned-events.ts';
import type { LoggedRequest } from '../../world/route.ts';
import type { Destructive } from './destructive.ts';

/** The list of planned maintenance of a pool, as a request. */
export function isListOfEvents({ method, path }: Pick<LoggedRequest, 'method' | 'path'>): boolean {
  return method === 'GET' && path === '/scheduled-events';
}

/** The event that a request authorizes. */
export function eventOf(run: Run, { eventId }: Pick<Destructive, 'eventId'>): WorldEvent | undefined {
  return eventId === undefined ? undefined : run.planned.all.find(({ id }) => id === eventId);
}

/** Whether a list shows an event at a moment: it may be one that vanishes for a while. */
export function isListedAt({ hidden, past }: WorldEvent, atMs: number): boolean {
  const [first] = past;
  return (
    first !== undefined && first.atMs <= atMs && (!hidden || atMs < hidden.fromMs || atMs >= hidden.untilMs)
  );
}

/**
 * The readings by the clock that showed, before a request, that the event of the request waits for an authorization; for a request of
 * another kind by a rule about events, that an event of its nodes does.
 */
export function goodReadings(run: Run, request: Destructive, rule: string | undefined): LoggedRequest[] {
  const { pool, nodes, sentAtMs } = request;
  const event = eventOf(run, request);
  const isOwn = (one: WorldEvent) => one.pool === pool && nodes.includes(one.node ?? '');
  const events = event ? [event] : isAboutEvents(run, rule) ? run.planned.all.filter(isOwn) : [];
  return events.flatMap((one) => readingsThatShow(run, one, sentAtMs));
}

function readingsThatShow(run: Run, event: WorldEvent, untilMs: number): LoggedRequest[] {
  return run.requests.filter(
    (one) =>
      isListOfEvents(one) &&
      one.by.startsWith('receive-scheduled-events#') &&
      one.pool === event.pool &&
      one.status === 200 &&
      one.answered &&
      one.atMs <= untilMs &&
      isListedAt(event, one.atMs) &&
      wasEver(event, one.trueAtMs ?? one.atMs, one.atMs, 'inquiring'),
  );
}

/** An event of a node that was read before `untilMs` to wait for an authorization, and waited still at `atMs`. */
export function eventThatWaits(
  run: Run,
  { pool, node }: { pool: string; node: string },
  untilMs: number,
  atMs: number,
): string | undefined {
  return run.planned.all.find(
    (event) =>
      event.pool === pool &&
      event.node === node &&
      wasEver(event, atMs, atMs, 'inquiring') &&
      readingsThatShow(run, event, untilMs).some(({ odd }) => odd === undefined),
  )?.id;
}

/** Whether an event of a node was read to wait for an authorization, and no reading has shown yet that it does not any more. */
export function isEndUnread(run: Run, { pool, node }: { pool: string; node: string }): boolean {
  const showsEnd = (one: LoggedRequest, event: WorldEvent) =>
    isListOfEvents(one) &&
    one.by.startsWith('receive-scheduled-events#') &&
    one.pool === pool &&
    one.status === 200 &&
    one.answered &&
    one.odd === undefined &&
    isListedAt(event, one.atMs) &&
    !wasEver(event, one.atMs, one.atMs, 'inquiring');
  return run.planned.all.some(
    (event) =>
      event.pool === pool &&
      event.node === node &&
      readingsThatShow(run, event, Infinity).length > 0 &&
      !run.requests.some((one) => showsEnd(one, event)),
  );
}

/** The events of a node that waited for no authorization any more by a time. */
export function eventsThatWentOn(
  run: Run,
  { pool, node, atMs }: { pool: string; node: string; atMs: number },
): WorldEvent[] {
  return run.planned.all.filter(
    (event) =>
      event.pool === pool &&
      event.node === node &&
      event.past.some((one) => one.state !== 'inquiring' && one.atMs <= atMs),
  );
}

/** Whether a rule of any rules of the run is about planned maintenance. */
export function isAboutEvents({ rules, deployment }: Run, rule: string | undefined): boolean {
  return [rules, ...deployment.rules].some((file) =>
    file.rules.some(
      ({ name, when }) => name === rule && [when].flat().some(({ source }) => source === 'scheduled-event'),
    ),
  );
}
