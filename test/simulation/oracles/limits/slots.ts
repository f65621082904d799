import type { Receipt } from '#lib/ledger/receipts/receipt';
import type { Write } from '#local/rehearsal/cloud/table';
import { documentAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { callOf, clock, destructiveRequests } from '../facts/destructive.ts';
import {
  isUndisturbed,
  mostOut,
  placesTaken,
  poolAt,
  poolRules,
  readingOf,
  type Taken,
  trueAtMs,
  wasDisturbed,
  wasOddFor,
} from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';
import { isOfNode } from './waiting.ts';

/** How long a reading is acted on. */
const FRESH_MS = 20_000;
/** A command that was woken for its turn and does not come is passed over then. */
const TURN_MS = 5 * 60_000;

/** A call holds a slot for each of its nodes. */
export function* placedFirst(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const member of callOf(run, request)?.members ?? []) {
      for (const node of member.targets) {
        const place = documentAt(run, `pool#${request.pool}`, request.sentAtMs)?.held[node];
        if (place?.remediation === member.remediation && Date.parse(place.expiresAt) > request.sentAtMs)
          continue;
        yield {
          what: `request ${request.number} was sent for ${node} at ${clock(request.sentAtMs)} without a slot for ${member.remediation}`,
          atMs: request.sentAtMs,
        };
      }
    }
  }
}

/** Nothing is begun on a reading that is too old. */
export function* freshReading(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const reading = readingOf(run, request, request.sentAtMs);
    const call = callOf(run, request);
    if (!reading || !call?.callingAt) continue;
    const ageMs = Date.parse(call.callingAt) - reading.atMs;
    if (ageMs > FRESH_MS)
      yield {
        what: `request ${request.number} at ${clock(request.sentAtMs)} rested on what was read ${ageMs / 1000} s before it was decided on`,
        atMs: request.sentAtMs,
      };
  }
}

/** A reading that is older than the last release is not acted on: it may not show how that node was left. */
export function* readSinceGivenBack(run: Run): Iterable<Finding> {
  for (const { by, pool, atMs, nodes } of placesTaken(run)) {
    const reading = readingOf(run, { by, pool }, atMs);
    const given = writesOf(run, `pool#${pool}`).find(
      (write) =>
        reading !== undefined && write.atMs > reading.atMs && write.atMs < atMs && isGivenBack(write),
    );
    if (given && reading)
      yield {
        what: `${by} took a slot for ${nodes.map(({ node }) => node).join(', ')} at ${clock(atMs)} by its reading of ${clock(reading.atMs)}, before a node was released at ${clock(given.atMs)}`,
        atMs,
      };
  }
}

function isGivenBack({ document, before }: Write): boolean {
  const { held } = document['value'] as any;
  return Object.keys((before?.['value'] as any)?.held ?? {}).some((node) => held[node] === undefined);
}

/** The numbers that a process knew when it took slots: how many nodes are out of service with them, and how many may be. */
function countOf(
  run: Run,
  { by, pool, atMs, after }: Taken,
): { out: number; limit: number; well: string[] } | undefined {
  const budget = poolRules(run, { by, pool })?.budget.maxUnavailable;
  const reading = readingOf(run, { by, pool }, atMs);
  if (!budget || !reading) return undefined;
  const read = poolAt(run, pool, trueAtMs(reading));
  const held = Object.entries<any>(after.held)
    .filter(([, { expiresAt }]) => Date.parse(expiresAt) > atMs)
    .map(([node]) => node);
  const others = read.well.filter((node) => !held.includes(node));
  return {
    out: new Set([...read.ill, ...held]).size,
    limit: mostOut(budget, read.all.length, others.length),
    well: read.well,
  };
}

/** No slot is taken that the budget has not. */
export function* placesWithinBudget(run: Run): Iterable<Finding> {
  for (const taken of placesTaken(run)) {
    const count = countOf(run, taken);
    if (count && count.out > count.limit)
      yield {
        what: `${taken.by} took a slot for ${taken.nodes.map(({ node }) => node).join(', ')} at ${clock(taken.atMs)}, which made it ${count.out} of at most ${count.limit}`,
        atMs: taken.atMs,
      };
  }
}

/** A slot that an older command waits for is not taken by a younger one, unless its node is out of service already. */
export function* oldestFirst(run: Run): Iterable<Finding> {
  for (const taken of placesTaken(run)) {
    const { atMs, nodes } = taken;
    if (wasOddFor(run, taken, atMs)) continue;
    const count = countOf(run, taken);
    if (!count) continue;
    const served = nodes.map(({ remediation }) => remediation);
    const ages = nodes
      .filter(({ node }) => count.well.includes(node))
      .map(({ remediation }) => documentAt(run, `remediation#${remediation}`, atMs)?.createdAt ?? '');
    const youngest = ages.toSorted().at(-1);
    // A command that needs more slots at once than there ever are keeps no other waiting.
    const older = waitersOf(run, taken).filter(
      ({ remediation, createdAt, places }: any) =>
        !served.includes(remediation) && youngest && createdAt < youngest && places <= count.limit,
    );
    const wanted = older.reduce((sum, { places }) => sum + places, 0);
    if (older.length > 0 && count.out + wanted > count.limit)
      yield {
        what: `${taken.by} took a slot for ${served.join(', ')} at ${clock(atMs)}, which made it ${count.out} of at most ${count.limit}, while ${older[0].remediation} had waited for longer`,
        atMs,
      };
  }
}

/** Between reading the list and the write that rests on it, with a few conflicts. */
const LOOKED_MS = 250;

/** Whether a command was deferred last because the pool has no room. A verdict for a second is about the reading, and not about room. */
function waitsForRoom({ receipts }: { receipts: readonly Receipt[] }): boolean {
  const last = receipts.findLast((receipt) => receipt.step === 'defer');
  const verdict = receipts.findLast((receipt) => receipt.step === 'guard' && receipt.guard === 'budget');
  if (!last?.guards?.includes('budget') || isOfNode(last) || verdict?.step !== 'guard') return false;
  return verdict.until === undefined || Date.parse(verdict.until) - Date.parse(verdict.at) > SECOND_MS;
}

const SECOND_MS = 1_000;

/**
 * Commands that wait for a slot: by the ledger's list, and by the last verdict on each of them, if its message is not on the way. A
 * command that was entered since the process read the list does not count, and one that has its slot already does not either.
 */
function waitersOf(run: Run, { by, pool, before, atMs }: Taken): any[] {
  const beganMs = readingOf(run, { by, pool }, atMs)?.sentAtMs ?? atMs;
  const lookedMs = wasDisturbed(run, by) ? beganMs : atMs - LOOKED_MS;
  // One whose message is being worked on leaves the list meanwhile, and may come back to it for another reason.
  const changedMs = writesOf(run, `pool#${pool}`).map((write) => write.atMs);
  const seen = [lookedMs, ...changedMs.filter((ms) => ms > lookedMs && ms < atMs)].map(
    (ms) =>
      new Set<string>(
        (documentAt(run, `pool#${pool}`, ms)?.waiting ?? []).flatMap(({ remediation, waitsFor }: any) =>
          waitsFor === 'place' ? remediation : [],
        ),
      ),
  );
  const isKnown = (remediation: string) => seen.every((waiting) => waiting.has(remediation));
  const placed = new Set(Object.values<any>(before.held).map(({ remediation }) => remediation));
  const isTurn = (wokenAt: string | undefined) =>
    wokenAt === undefined || atMs - Date.parse(wokenAt) < TURN_MS;
  const listed: any[] = before.waiting.filter(
    ({ remediation, waitsFor, until, wokenAt }: any) =>
      isKnown(remediation) &&
      !placed.has(remediation) &&
      waitsFor === 'place' &&
      Date.parse(until) > atMs &&
      isTurn(wokenAt),
  );
  if (!isUndisturbed(run)) return listed;
  const told = valuesOf(run, 'remediation#')
    .filter((value) => value.pool === pool)
    .map(({ id }) => documentAt(run, `remediation#${id}`, atMs))
    .filter(
      (value) =>
        value?.state === 'deferred' &&
        Date.parse(value.deferredUntil) > atMs &&
        waitsForRoom(value) &&
        Date.parse(value.updatedAt) < atMs - 500,
    )
    .map(({ id, createdAt, approval, nodes }) => ({
      remediation: id,
      createdAt,
      places: approval ? nodes.length : 1,
    }));
  const isListed = new Set(listed.map(({ remediation }) => remediation));
  return [...listed, ...told.filter(({ remediation }) => !isListed.has(remediation))];
}
