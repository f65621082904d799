import { CALM_MS, FAST_MS, useInState, usePools } from '../../data.ts';
import { Heading } from '../../parts/heading.tsx';
import { Loading, MissingRoute, ProblemNote } from '../../parts/note.tsx';
import { counted } from '../../text/words.ts';
import type { Pool } from '../../types.ts';
import { ForYou, useForYou } from './for-you.tsx';
import { InWork } from './in-work.tsx';
import { PoolBand } from './pool-band.tsx';
import { Wrong, wrongIn } from './wrong.tsx';

/** Answers at one glance: is anything wrong, what is being done about it, what waits for me? */
export function Now() {
  const { value, problem } = usePools();
  const pools = value.value?.pools;
  const running = useInState('running', FAST_MS);
  const verifying = useInState('verifying', FAST_MS);
  const submitting = useInState('submitting', FAST_MS);
  const deferred = useInState('deferred', CALM_MS);
  const forYou = useForYou();
  const wrong = pools?.flatMap(wrongIn) ?? [];
  const inWork = [...(submitting ?? []), ...(running ?? []), ...(verifying ?? [])];
  const isMissing = problem.value?.status === 404;
  return (
    <div class="view">
      <Heading title={verdict({ forYou: forYou.length, wrong: wrong.length, inWork: inWork.length, pools })}>
        <p class="dim">{summary(pools, inWork.length, deferred?.length ?? 0)}</p>
      </Heading>
      <div class="answers">
        <ForYou items={forYou} />
        <Wrong items={wrong} isKnown={pools !== undefined} />
        <InWork inWork={inWork} waiting={deferred ?? []} isKnown={running !== undefined} />
      </div>
      {isMissing ? <MissingRoute what="pools" /> : !pools && <ProblemNote problem={problem.value} />}
      {!pools && !problem.value && <Loading />}
      {pools?.toSorted(byKnowledge).map((pool) => (
        <PoolBand key={pool.id} pool={pool} />
      ))}
    </div>
  );
}

type Counts = { forYou: number; wrong: number; inWork: number; pools: readonly Pool[] | undefined };

function verdict({ forYou, wrong, inWork, pools }: Counts): string {
  if (forYou > 0) return `${counted(forYou, 'thing')} ${forYou === 1 ? 'waits' : 'wait'} for you`;
  if (inWork > 0) return 'Poolkeeper is at work, and nothing waits for you';
  if (wrong > 0) return 'Nothing waits for you, but not all is well';
  return pools ? 'All is well' : 'Now';
}

function summary(pools: readonly Pool[] | undefined, inWork: number, waiting: number): string {
  if (!pools) return 'Faults, the work on them, and the things that wait for you.';
  const nodes = pools.reduce((sum, { nodes: of }) => sum + (of?.total ?? 0), 0);
  const out = pools.reduce((sum, pool) => sum + outOf(pool), 0);
  const service =
    out === 0
      ? `All ${counted(nodes, 'node')} are in service.`
      : `${out} of ${counted(nodes, 'node')} are out of service.`;
  const work =
    inWork === 0 ? 'Poolkeeper works on none' : `Poolkeeper works on ${counted(inWork, 'remediation')}`;
  const rest =
    waiting === 0 ? '.' : `, and ${counted(waiting, 'command')} ${waiting === 1 ? 'waits' : 'wait'}.`;
  return `${service} ${work}${rest}`;
}

/** Pools without nodes come last. */
function byKnowledge(a: Pool, b: Pool): number {
  return Number((b.nodes?.total ?? 0) > 0) - Number((a.nodes?.total ?? 0) > 0);
}

/** How many nodes of a pool are not in service, for any reason. */
function outOf({ outOfServiceTotal, outOfService, nodes }: Pool): number {
  const { broken = 0, out = 0, held = 0 } = nodes?.states ?? {};
  return outOfServiceTotal ?? outOfService?.length ?? broken + out + held;
}
