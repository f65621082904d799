import { type Action, actions, traitsOf } from '#lib/actions/traits';
import type { Call } from '#lib/ledger/call';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import { mentions } from '#lib/remediation/execution/join';

/** The clocks of the API and of this process may differ by this much, and a job may be dated before its call. */
export const CLOCK_SKEW_MS = 2 * 60_000;

/** Documented types of jobs that are no action of Poolkeeper, such as those that the console starts (docs/design/modelarts-api.md, 1.3). */
const TYPES_OF_OTHERS: readonly string[] = ['reboot-node', 'replace-node'];

/** A node's name as the API makes it. A job may name nodes that have left the pool since. */
const NODE_NAME = /os-node-[a-z0-9-]*[a-z0-9]/g;

/**
 * The jobs of a pool that a call with a lost answer may have started. The texts of a job may name its nodes. A job that names exactly
 * the call's nodes comes before one that names none, and a job that names others is not this call's. If there is a rival, a job
 * that names none may be the rival's, and is left alone.
 *
 * @param jobs of the pool, without those that are known to be another call's.
 * @param poolNodes the names of all nodes of the pool, to find them in the texts.
 * @param rivals whether another call of the pool has lost its answer, too.
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
    return isOfAction(type, action) && (startedAtMs === undefined || startedAtMs >= sinceMs);
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

/** Whether an action may have started a job of this type. If no page states the action's type, each undocumented type may be it. */
function isOfAction(type: string | undefined, action: Action): boolean {
  const own = jobTypeOf(action);
  if (type === undefined || own !== undefined) return type === undefined || type === own;
  return ![...actions.map(jobTypeOf), ...TYPES_OF_OTHERS].includes(type);
}

function jobTypeOf(action: Action): string | undefined {
  const traits = traitsOf(action);
  return traits.until === 'job' ? traits.jobType : undefined;
}
