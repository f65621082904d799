import type { Call } from '#lib/ledger/call';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import { mentions } from '#lib/remediation/execution/join';
import type { Action } from '#lib/rules/action';

/** The clocks of the API and of this process may differ by this much, and a job may be dated before its call. */
export const CLOCK_SKEW_MS = 2 * 60_000;

/**
 * The documented job types and the action that starts them (docs/modelarts-api.md, 1.3). That of a migration is documented
 * nowhere: any other word may be one.
 */
const TYPES: Readonly<Record<string, Action | undefined>> = {
  'reset-nodes': 'reset-nodes',
  'reboot-node': undefined,
  'replace-node': undefined,
};

/** A node's name as the API makes them: a job may name nodes that have left the pool since. */
const NODE_NAME = /os-node-[a-z0-9-]*[a-z0-9]/g;

/**
 * Which of a pool's jobs a call whose answer was lost may have started. A job's texts may name its nodes, but need not: one
 * that names exactly the call's nodes is taken before one that names none, and one that names others is not this call's.
 * With a rival, a job that names none may just as well be the rival's, and is left alone.
 *
 * @param jobs of the pool, without those that are known to be another call's.
 * @param rivals whether another call of the pool has lost its answer, too.
 * @param poolNodes the names of all nodes of the pool, by which it is seen whom a text names.
 */
export function candidateJobs(
  { action, callingAt, members }: Pick<Call, 'action' | 'callingAt' | 'members'>,
  jobs: readonly PoolJob[],
  poolNodes: readonly string[],
  rivals: boolean,
): PoolJob[] {
  const sinceMs = Date.parse(callingAt ?? '') - CLOCK_SKEW_MS;
  const ours = new Set(members.flatMap(({ targets }) => targets));
  const inTime = jobs.filter(({ startedAtMs, type }) => {
    const ofOurAction =
      type === undefined || (type in TYPES ? TYPES[type] === action : action !== 'reset-nodes');
    return ofOurAction && (startedAtMs === undefined || startedAtMs >= sinceMs);
  });
  const known = [...new Set([...poolNodes, ...ours])];
  const named = inTime.map((job) => ({
    job,
    names: new Set([
      ...known.filter((node) => mentions(job.text, node)),
      ...(job.text.match(NODE_NAME) ?? []),
    ]),
  }));
  const exact = named.filter(({ names }) => names.size > 0 && names.symmetricDifference(ours).size === 0);
  const silent = rivals ? [] : named.filter(({ names }) => names.size === 0);
  return (exact.length > 0 ? exact : silent).map(({ job }) => job);
}
