import { valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { callOf, clock, destructiveRequests, rulesOf } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** Between the last check of the clock and the first byte. */
const DISPATCH_MS = 1_000;

/** The request of a call is sent before the time that its intent names, or not at all. */
export function* sentInTime(run: Run): Iterable<Finding> {
  const seen = new Set<string>();
  for (const request of destructiveRequests(run)) {
    const call = callOf(run, request);
    // A request that the API has refused because it was busy may be sent again later.
    if (!call || seen.has(call.id)) continue;
    seen.add(call.id);
    const lateMs = request.sentAtMs - Date.parse(call.sendBefore);
    if (lateMs > DISPATCH_MS)
      yield {
        what: `request ${request.number} was sent at ${clock(request.sentAtMs)}, ${lateMs / 1000} s after its call ${call.id} might have been sent at the latest`,
        atMs: request.sentAtMs,
      };
  }
}

/** Only the process that wrote the intent sends the request, and never after another process has abandoned the call. */
export function* givenUpForGood(run: Run): Iterable<Finding> {
  const abandoned = new Map(
    run.writes
      .filter(({ document }) => document.pk.startsWith('call#'))
      .filter(({ document }) => (document['value'] as any).state === 'abandoned')
      .map(({ document, by }) => [document.pk, by]),
  );
  for (const { document, by } of run.writes) {
    if (!abandoned.has(document.pk) || (document['value'] as any).state === 'abandoned') continue;
    if ((document['value'] as any).state === 'preparing') continue;
    yield { what: `${document.pk} went on by ${by} after it was given up by ${abandoned.get(document.pk)}` };
  }
}

/**
 * A node that must stay well for a while was well in every poll of its call during that while. The truth counts at
 * the moment at which the API read it for the poll.
 */
export function* stayedWell(run: Run): Iterable<Finding> {
  const calls = valuesOf(run, 'call#');
  for (const { document, before, atMs, by: writer } of run.writes) {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || value.action !== 'reset-nodes') continue;
    if (value.state !== 'succeeded' || (before?.['value'] as any)?.state === 'succeeded') continue;
    const rung: any = rulesOf(run, { by: writer }).rules.find(({ name }) => name === value.rule)?.ladder[0];
    const healthyForMs = rung?.verify?.healthyForMs ?? 0;
    const call = calls.find(({ id }) => id === value.callId);
    if (healthyForMs === 0 || !call) continue;
    // Each poll that was entered into the call, and the reading of the pool that its process had.
    const looks = run.writes.filter(
      (write) =>
        write.document.pk === `call#${call.id}` &&
        write.atMs >= atMs - healthyForMs + 3_000 &&
        write.atMs <= atMs &&
        (write.document['value'] as any).looks > ((write.before?.['value'] as any)?.looks ?? 0),
    );
    for (const look of looks) {
      const reading = run.requests.findLast(
        ({ by, path, method, atMs: readAtMs, answered, status }) =>
          by === look.by &&
          method === 'GET' &&
          path === `/pools/${value.pool}/nodes` &&
          answered &&
          status === 200 &&
          readAtMs <= look.atMs,
      );
      if (!reading || reading.atMs < atMs - healthyForMs + 1_000) continue;
      for (const node of Object.keys(value.outcomes)) {
        if (value.outcomes[node].state !== 'succeeded') continue;
        // A change in the very millisecond may have been read or not.
        if (run.world.ever(value.pool, node, reading.atMs, reading.atMs, ({ well }) => well)) continue;
        yield {
          what: `remediation ${value.id} was said to have succeeded at ${clock(atMs)}, after ${healthyForMs / 1000} s of being well; the poll at ${clock(reading.atMs)} saw that ${node} was not`,
          atMs,
        };
      }
    }
  }
}

/** A rule begins its ladder for a node no more often than it says: each with a request of its own. */
export function* roundsKept(run: Run): Iterable<Finding> {
  const begun = new Map<string, Set<string>>();
  for (const call of valuesOf(run, 'call#')) {
    if (call.callingAt === undefined) continue;
    for (const member of call.members) {
      const remediation = valuesOf(run, `remediation#${member.remediation}`)[0];
      if (remediation?.rule === undefined || (remediation.ladder?.rung ?? 0) > 0) continue;
      // A step after a resolution begins no ladder, and a node pool may be changed for many nodes.
      if (remediation.resolution || remediation.nodePool !== undefined) continue;
      for (const node of member.targets) {
        const key = `${remediation.rule} of ${node}`;
        begun.set(key, (begun.get(key) ?? new Set()).add(remediation.id));
      }
    }
  }
  for (const [key, ids] of begun) {
    const rule = run.rules.rules.find(({ name }) => key.startsWith(`${name} `));
    // One that lasts for longer than they are counted may see more.
    const isCounted = rule && run.endMs - run.scenario.startMs < rule.rounds.withinMs;
    if (isCounted && ids.size > rule.rounds.max)
      yield { what: `the ladder ${key} was begun ${ids.size} times; it may be ${rule.rounds.max} times` };
  }
}
