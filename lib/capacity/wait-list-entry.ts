import type { ActionDefinition } from '#lib/actions/action';
import { evidenceEndsMs, evidenceTime, patienceMs } from '#lib/guards/evidence';
import type { Facts, Verdict } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';
import { MAX_WAIT_MS } from '#lib/remediation/messages/poll-schedule';
import type { Judged } from '#lib/remediation/planning/verdicts';
import { domainsOf } from './topology.ts';
import type { Entry } from './wait-list.ts';

/** How many slots the waiting targets need at once: a group goes as a whole. */
export function largestGroup<Body extends Record<string, unknown>>(
  deferred: readonly Pick<Judged, 'facts'>[],
  all: readonly Pick<Judged, 'facts'>[],
  { wholeOf }: Pick<ActionDefinition<Body>, 'wholeOf'>,
): number {
  const wholes = deferred.flatMap(({ facts }) => wholeOf?.(facts) ?? []);
  const sizes = wholes.map((whole) => all.filter(({ facts }) => wholeOf?.(facts) === whole).length);
  return Math.max(1, ...sizes);
}

/**
 * The reasons of a deferred command's wait, and the time of its return.
 *
 * @param places how many slots it needs at once.
 */
export function waitListEntry(
  remediation: Remediation,
  deferred: readonly Judged[],
  places: number,
  now: number,
): Entry {
  const refusals = deferred.flatMap(({ verdicts }) => verdicts.filter(({ allowed }) => !allowed));
  const [first] = deferred;
  const timed = refusals.filter(({ until }) => until !== undefined);
  const knownMs = timed.length > 0 ? latestOf(timed) : now + MAX_WAIT_MS;
  // When the evidence is too old, a person gets a notice; the command still waits for a window to open.
  const isWindow = timed.some(({ guard }) => guard === 'window');
  const endMs = first && !isWindow ? Math.min(knownMs, patienceEnds(first.facts)) : knownMs;
  const isDomain = refusals.some(({ guard }) => guard === 'failure-domain');
  return {
    remediation,
    waitsFor: timed.length > 0 ? 'time' : isDomain ? 'domain' : 'place',
    places,
    domains: isDomain
      ? deferred.flatMap(({ facts: { node, poolRecord } }) => (node ? domainsOf(node, poolRecord) : []))
      : [],
    readAt: new Date(first?.facts.readAtMs ?? now).toISOString(),
    comesBackAtMs: Math.max(endMs, now + 1_000),
  };
}

/** The time at which a person hears of a command that still waits, epoch milliseconds. */
function patienceEnds({ remediation, alerts, limits, pool }: Facts): number {
  const patientMs = Date.parse(remediation.approval?.at ?? remediation.createdAt) + patienceMs(pool);
  const isDated = evidenceTime(remediation, alerts) !== undefined;
  const freshMs = isDated ? evidenceEndsMs(remediation, alerts, limits) : patientMs;
  return Math.min(freshMs, patientMs) + 1_000;
}

function latestOf(verdicts: readonly Verdict[]): number {
  return Math.max(...verdicts.map(({ until = '' }) => Date.parse(until)));
}
