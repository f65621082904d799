import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { type Sighting, sightingOf } from '#lib/modelarts/reading/absence';
import { recognise } from '#lib/modelarts/reading/node-identity';
import type { Listing } from '#lib/modelarts/replies/listing';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { roundedSpanText } from '#lib/sentences/time';
import type { Subject, Verify, View } from '#lib/verification/verification';
import { seenAs, verifyHealth } from '#lib/verification/verify-node';
import { notYetThere } from './in-pool.ts';

/** How long a node may be in neither pool after its job. The lists of the two pools are read at different moments. */
export const BETWEEN_POOLS_MS = 5 * 60_000;

/**
 * A node has migrated when the destination has it, by its name or by another mark (docs/design/modelarts-api.md, 3.3: the name may change),
 * and it is well there for as long as the rule demands. A node that has not arrived in time has failed only if its old pool still
 * shows it; if it is in neither list, or a list is unreadable, people get a notice. Within one pool, a node has moved when its labels
 * show it.
 */
export const verifyMigration: Verify = (view, subject, now) => {
  const { remediation, call } = subject;
  const { toPoolName = remediation.pool } = call.request;
  const arrival = findArrival(view, subject);
  const deadlineMs = Math.max(subject.sinceMs + BETWEEN_POOLS_MS, subject.deadlineMs);
  if (arrival.sighting.kind === 'seen') {
    // The list of its own pool always has it. The labels show its cluster and node pool.
    const elsewhere =
      toPoolName === remediation.pool
        ? notYetThere(arrival.sighting.item, call.request, view.destination)
        : undefined;
    if (elsewhere !== undefined) return notYet(elsewhere, { ...subject, deadlineMs }, now);
    const outcome = verifyHealth(arrival.sighting, { ...subject, deadlineMs }, now);
    return { ...outcome, why: `pool ${String(toPoolName)} has ${arrival.words}: ${outcome.why}` };
  }
  const source = seenAs(view, subject.target);
  return onItsWay(arrival.sighting, source, String(toPoolName), { ...subject, deadlineMs }, now);
};

/** The outcome of a node that has not arrived. It has time until its deadline. */
function notYet(
  { why, notKnown }: { why: string; notKnown?: true },
  { verify, sinceMs, deadlineMs }: Subject,
  now: number,
): NodeOutcome {
  if (now < (verify ? sinceMs + verify.withinMs : deadlineMs)) return { state: 'verifying', why };
  return { state: 'failed', why, ...(notKnown && { notKnown }) };
}

/** A node that the destination does not show. */
function onItsWay(
  destination: Exclude<Sighting<PoolNode>, { kind: 'seen' }>,
  source: Sighting<PoolNode>,
  toPoolName: string,
  { verify, sinceMs, deadlineMs }: Subject,
  now: number,
): NodeOutcome {
  const stays = source.kind === 'seen';
  const odd = [destination, source].find(({ kind }) => kind === 'unreadable');
  const doubt = odd && 'why' in odd ? ` (${odd.why})` : '';
  const why = `pool ${toPoolName} does not show the node, and its old pool ${stays ? 'still does' : 'does not, either'}${doubt}`;
  const endMs = verify ? sinceMs + verify.withinMs : deadlineMs;
  if (now < endMs) return { state: 'verifying', why };
  return {
    state: 'failed',
    why: `${why}, ${roundedSpanText(now - sinceMs)} after its job succeeded`,
    ...((!stays || destination.kind === 'unreadable') && { notKnown: true as const }),
  };
}

/** The node in the destination, and a text that names it. */
function findArrival(
  { destination, unreadable }: View,
  { target, call: { identities = {} } }: Subject,
): { sighting: Sighting<PoolNode>; words: string } {
  const listing: Listing<PoolNode> = { items: destination, unreadable: unreadable?.destination ?? [] };
  const recognised = recognise(destination, identities[target] ?? {});
  const namesake = destination.find(({ name }) => name === target);
  if (!namesake && recognised) {
    const words = `the node as ${recognised.node.name}, by ${recognised.by}`;
    return { sighting: { kind: 'seen', item: recognised.node }, words };
  }
  const isIt = ({ name }: PoolNode) => name === target;
  return { sighting: sightingOf(listing, isIt, (name) => name === target), words: 'the node' };
}
