import { documentAt, valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { type WorldEvent, wasEver } from '../../world/planned-events.ts';
import { askedBy, askedFor } from '../facts/asked.ts';
import { clock, type Destructive, destructiveRequests, membersOf, rulesOf } from '../facts/destructive.ts';
import { eventOf, isListedAt, isListOfEvents } from '../facts/planned.ts';
import { wasOddFor } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';

/** From reading the events to a request that rests on it, and longer where the request was throttled. */
const READING_MS = 60_000;

/** Every request that authorizes maintenance. */
function acceptances(run: Run): Destructive[] {
  return destructiveRequests(run).filter(({ action }) => action === 'accept-event');
}

/** Maintenance is authorized once: an event is not accepted again after it was, unless a reading hid that. */
export function* acceptedOnce(run: Run): Iterable<Finding> {
  const accepted = new Map<string, Destructive>();
  for (const request of acceptances(run)) {
    const { eventId = '', number, sentAtMs } = request;
    const earlier = accepted.get(eventId);
    if (earlier && sentAtMs > earlier.atMs + READING_MS && !wasOddFor(run, request, sentAtMs))
      yield {
        what: `request ${number} at ${clock(sentAtMs)} authorized ${eventId} once more, after request ${earlier.number}`,
        atMs: sentAtMs,
      };
    if (request.done) accepted.set(eventId, request);
  }
}

/** Only an event that waits for an authorization is given one, of a kind that it offers, and for a node that allows it. */
export function* acceptedWhatWaits(run: Run): Iterable<Finding> {
  for (const request of acceptances(run)) {
    const { eventId, number, sentAtMs, atMs, body } = request;
    const where = `request ${number} at ${clock(sentAtMs)} for event ${eventId}`;
    const event = eventOf(run, request);
    if (!event) {
      yield { what: `${where}, which the vendor has never announced`, atMs: sentAtMs };
      continue;
    }
    const fromMs = sentAtMs - READING_MS;
    const kind: string | undefined = body?.redeployConfig?.type;
    const node = run.world.nameOf(event.pool, event.node ?? '');
    const wrong =
      !wasEver(event, fromMs, atMs, 'inquiring') && !wasOddFor(run, request, sentAtMs)
        ? `which has waited for none for ${READING_MS / 1000} s`
        : kind !== undefined &&
            event.redeployTypes.length > 0 &&
            !event.redeployTypes.includes(kind) &&
            !hidesOffer(run, request)
          ? `which offers ${event.redeployTypes.join(' and ')}, and not ${kind}`
          : kind === 'SOFT' &&
              (!node || !run.world.ever(event.pool, node, fromMs, atMs, ({ phase }) => phase === 'Available'))
            ? `whose node was not Available, and it asked for ${kind}`
            : undefined;
    if (wrong) yield { what: `${where}, ${wrong}`, atMs: sentAtMs };
  }
}

/**
 * Whether the list on which a request rests may have left out what an event offers. An event need not say it, so such a list is believed:
 * the kind is asked for, and the API refuses it.
 */
function hidesOffer(run: Run, { by, pool, sentAtMs }: Destructive): boolean {
  return run.requests.some(
    (one) =>
      one.by === by &&
      one.pool === pool &&
      one.atMs <= sentAtMs &&
      isListOfEvents(one) &&
      ['odd-sparse', 'odd-mistyped', 'odd-without-field'].includes(one.odd ?? ''),
  );
}

/** If several events of one node wait, a person says which one: no rule chooses between them. */
export function* chosenByPerson(run: Run): Iterable<Finding> {
  for (const request of acceptances(run)) {
    const event = eventOf(run, request);
    const members = membersOf(run, request);
    const isNamed = members.some(({ remediation }) => remediation?.parameters?.eventId !== undefined);
    if (!event || isNamed || wasOddFor(run, request, request.sentAtMs)) continue;
    const other = run.planned.all.find(
      (one) =>
        one !== event &&
        one.pool === event.pool &&
        one.node === event.node &&
        waitsAllTheTime(one, request.sentAtMs - READING_MS, request.atMs),
    );
    if (other)
      yield {
        what: `request ${request.number} at ${clock(request.sentAtMs)} authorized ${event.id}, while ${other.id} of the same node waited, too`,
        atMs: request.sentAtMs,
      };
  }
}

function waitsAllTheTime(event: WorldEvent, fromMs: number, toMs: number): boolean {
  const [, next] = event.past;
  const isShown = [fromMs, toMs].every((atMs) => isListedAt(event, atMs));
  return isShown && (next === undefined || next.atMs > toMs);
}

/** Maintenance is authorized as its command or its rule says it: the event, the kind and the time. */
export function* authorizedAsAsked(run: Run): Iterable<Finding> {
  for (const request of acceptances(run)) {
    const { body = {}, eventId, number, sentAtMs } = request;
    for (const { remediation } of membersOf(run, request)) {
      if (!remediation) continue;
      const { eventId: wanted = eventId, redeployConfig, notBefore } = remediation.parameters;
      const isSame =
        wanted === eventId &&
        body.notBefore === notBefore &&
        JSON.stringify(body.redeployConfig) === JSON.stringify(redeployConfig);
      if (!isSame)
        yield {
          what: `request ${number} at ${clock(sentAtMs)} authorized ${eventId} by ${JSON.stringify(body)}, and ${remediation.id} says ${JSON.stringify(remediation.parameters)}`,
          atMs: sentAtMs,
        };
    }
  }
}

/** A rule leads only to the actions that it names: planned maintenance is the reason of no other request. */
export function* onlyWhatRulesSay(run: Run): Iterable<Finding> {
  const all = [
    ...destructiveRequests(run).map((request) => ({
      request,
      members: membersOf(run, request).map(({ remediation }) => remediation),
    })),
    ...askedFor(run).map((request) => ({ request, members: askedBy(run, request) })),
  ];
  for (const { request, members } of all) {
    for (const remediation of members) {
      // A command may bear the name of anything as its rule.
      if (!remediation?.rule || remediation.alerts.length === 0) continue;
      // A remediation of an earlier rules file is judged by the later one, and keeps its action.
      const own = [run.rules, ...run.deployment.rules].flatMap(({ rules }) =>
        rules.filter(({ name }) => name === remediation.rule),
      );
      const said = own.flatMap(({ ladder, onResolved = [] }) => [...ladder, ...onResolved]);
      if (said.some(({ action }) => action === request.action)) continue;
      yield {
        what: `request ${request.number} at ${clock(request.sentAtMs)} was sent for ${remediation.id} of the rule ${remediation.rule}, which says nothing of ${request.action}`,
        atMs: request.sentAtMs,
      };
    }
  }
}

/** Success is said only of maintenance that is complete; where the rule says so, of a node that was well then. */
export function* trulyComplete(run: Run): Iterable<Finding> {
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || value.action !== 'accept-event') continue;
    if (value.state !== 'succeeded' || (before?.['value'] as any)?.state === 'succeeded') continue;
    const eventId = documentAt(run, `call#${value.callId}`, atMs)?.request.eventId;
    const event = run.planned.all.find(({ id }) => id === eventId);
    const where = `remediation ${value.id} was said to have succeeded at ${clock(atMs)}`;
    if (!event || !wasEver(event, 0, atMs, 'completed')) {
      yield { what: `${where}, when ${eventId ?? 'no event'} was ${event?.state ?? 'not there'}`, atMs };
      continue;
    }
    const rule = rulesOf(run, { by }).rules.find(({ name }) => name === value.rule);
    const { verify }: any = rule?.ladder[value.ladder?.rung ?? 0] ?? {};
    const fromMs = Math.min(atMs - 70_000, run.deployment.begun.get(by)?.atMs ?? atMs);
    const isWell = ([node]: [string, unknown]) =>
      run.world.ever(value.pool, node, fromMs, atMs, ({ well }) => well);
    if (verify && !Object.entries(value.outcomes).every(isWell))
      yield { what: `${where}; its node was not well`, atMs };
  }
}

/** The end of an authorized event is known: its remediation follows the event to its end, or leaves it to a person. */
export function* authorizedIsFollowed(run: Run): Iterable<Finding> {
  const ends = ['succeeded', 'failed', 'escalated', 'needs-human'];
  for (const request of acceptances(run)) {
    if (!request.done) continue;
    for (const { remediation } of membersOf(run, request)) {
      const state = documentAt(run, `remediation#${remediation?.id}`, run.endMs)?.state;
      if (!ends.includes(state))
        yield {
          what: `request ${request.number} authorized ${request.eventId}, and ${remediation?.id} ended ${state}`,
        };
    }
  }
}

/** An event that was read while it waited is a remediation, or the journal says why it is none. */
export function* readIsAnswered(run: Run): Iterable<Finding> {
  for (const { by, atMs } of run.correspondence.read) {
    const rules = run.deployment.begun.get(by)?.rules ?? run.rules;
    const taken = rules.rules.find(({ name }) => name === 'planned');
    const written = run.writes.filter(
      (write) => write.by === by && write.document.pk.startsWith('deliveries#'),
    );
    const told: any[] = written.flatMap(({ document }) => (document['value'] as any).alerts);
    for (const reading of run.requests) {
      const isGood = reading.status === 200 && reading.answered && reading.odd === undefined;
      if (reading.by !== by || !isListOfEvents(reading) || !isGood || !taken) continue;
      for (const event of run.planned.all) {
        const isHere = event.pool === reading.pool && isListedAt(event, reading.atMs);
        if (!isHere || !wasEver(event, reading.atMs, reading.atMs, 'inquiring')) continue;
        if (
          'name' in taken.pool &&
          run.rules.pools.find(({ id }) => id === event.pool)?.name !== taken.pool.name
        )
          continue;
        // In the very millisecond of a change either may have been read.
        if (event.past.some((one) => one.atMs === reading.atMs)) continue;
        const about = told.find(
          ({ labels, status }) =>
            status === 'firing' && labels?.event_id === event.id && labels?.state === 'inquiring',
        );
        const isKnown =
          about?.ignored !== undefined ||
          valuesOf(run, 'remediation#').some(({ id }) => id === about?.remediation);
        if (!isKnown)
          yield {
            what: `${by} read at ${clock(reading.atMs)} that event ${event.id} of ${event.node} waits, and it had no effect (${JSON.stringify(about ?? 'not in the journal')})`,
            atMs,
          };
      }
    }
  }
}

/** The promises about maintenance that the vendor plans. */
export const maintenanceOracles: Record<string, (run: Run) => Iterable<Finding>> = {
  'an event is authorized once': acceptedOnce,
  'only an event that waits is authorized': acceptedWhatWaits,
  'a person chooses between events': chosenByPerson,
  'maintenance is authorized as asked': authorizedAsAsked,
  'a rule does only what it says': onlyWhatRulesSay,
  'maintenance has succeeded when it is complete': trulyComplete,
  'an authorized event is followed': authorizedIsFollowed,
  'an event that was read is answered': readIsAnswered,
};
