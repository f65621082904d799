import { inWords } from '#lib/guards/guard';
import type { Verify } from './verification.ts';

/** What a node that has arrived must not be: it would still be on its way. */
const ON_ITS_WAY: readonly string[] = ['Creating', 'Deleting', 'Checking'];

/** How long a node may be in neither pool after its job: lists of different pools are not read at one moment. */
const BETWEEN_MS = 5 * 60_000;

/** A node has migrated when the destination has it, and the source no longer does unless both are the same pool. */
export const verifyMigration: Verify = (
  { nodes, destination },
  { target, remediation, verify, sinceMs, deadlineMs },
  now,
) => {
  const arrived = destination.find(({ name }) => name === target);
  const endMs = verify ? sinceMs + verify.withinMs : Math.max(sinceMs + BETWEEN_MS, deadlineMs);
  const { toPoolName } = remediation.parameters;
  const pool = typeof toPoolName === 'string' ? toPoolName : remediation.pool;
  if (arrived && !ON_ITS_WAY.includes(arrived.phase)) {
    return { state: 'succeeded', why: `pool ${pool} has the node, and it is ${arrived.phase}` };
  }
  const stays = nodes.some(({ name }) => name === target);
  const why = arrived
    ? `pool ${pool} has the node, and it is ${arrived.phase}`
    : `pool ${pool} does not have the node, and ${stays ? 'its old pool still does' : 'its old pool does not either'}`;
  return now < endMs
    ? { state: 'verifying', why }
    : { state: 'failed', why: `${why}, ${inWords(now - sinceMs)} after its job succeeded` };
};
