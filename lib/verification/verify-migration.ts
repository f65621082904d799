import { inWords } from '#lib/guards/guard';
import { isIdle } from '#lib/guards/node';
import { recognise } from '#lib/modelarts/node-identity';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Subject, Verify } from './verification.ts';
import { verifyHealth } from './verify-node.ts';

/** How long a node may be in neither pool after its job: lists of different pools are not read at one moment. */
export const BETWEEN_POOLS_MS = 5 * 60_000;

/**
 * A node has migrated when the destination has it and nobody works on it there any more, by its own name or by what else it
 * was known by (docs/modelarts-api.md, 3.3: the name may change). Where the rule says how it is verified, it must be well there,
 * too; and nowhere may its alert fire anew.
 */
export const verifyMigration: Verify = ({ nodes, destination }, subject, now) => {
  const { target, remediation, call, verify, sinceMs, deadlineMs, firingAnew = [] } = subject;
  const { toPoolName = remediation.pool } = call.request;
  const arrival = findArrival(destination, subject);
  if (arrival && (verify || firingAnew.length > 0) && isIdle(arrival.node)) {
    const outcome = verifyHealth(arrival.node, subject, now);
    return { ...outcome, why: `pool ${String(toPoolName)} has ${arrival.words}: ${outcome.why}` };
  }
  if (arrival && isIdle(arrival.node)) {
    return {
      state: 'succeeded',
      why: `pool ${String(toPoolName)} has ${arrival.words}, and it is ${arrival.node.phase}`,
    };
  }
  const stays = nodes.some(({ name }) => name === target);
  const why = arrival
    ? `pool ${String(toPoolName)} has ${arrival.words}, and it is ${arrival.node.phase || 'in no phase'}`
    : `pool ${String(toPoolName)} does not have the node, and ${stays ? 'its old pool still does' : 'its old pool does not either'}`;
  const endMs = verify ? sinceMs + verify.withinMs : Math.max(sinceMs + BETWEEN_POOLS_MS, deadlineMs);
  return now < endMs
    ? { state: 'verifying', why }
    : { state: 'failed', why: `${why}, ${inWords(now - sinceMs)} after its job succeeded` };
};

/** The node in the destination, and how it is to be spoken of. */
function findArrival(
  destination: readonly PoolNode[],
  { target, call: { identities = {} } }: Subject,
): { node: PoolNode; words: string } | undefined {
  const namesake = destination.find(({ name }) => name === target);
  if (namesake) return { node: namesake, words: 'the node' };
  const recognised = recognise(destination, identities[target] ?? {});
  return (
    recognised && {
      node: recognised.node,
      words: `the node as ${recognised.node.name}, by ${recognised.by}`,
    }
  );
}
