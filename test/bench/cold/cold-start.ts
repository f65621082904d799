import { type Bundles, peerNames } from '../peers/build.ts';
import { type Figure, figure } from '../statistics/median.ts';
import { eventFor } from '../world/events.ts';
import type { StandIns } from '../world/stand-ins.ts';
import { type Life, type LifeOptions, runProcess } from './run-process.ts';

/** Milliseconds. `total`: from the start of the process to the first handled event. `requests`: of the first event. */
export type ColdStart = {
  name: string;
  KB: number;
  boot: Figure;
  init: Figure;
  initCpu: Figure;
  first: Figure;
  firstCpu: Figure;
  second: Figure;
  secondCpu: Figure;
  total: Figure;
  totalCpu: Figure;
  requests: number;
};

type Event = Life['handled'][number];

export type Candidate = { name: string; file: string; bytes: number; kind: string };

/** The peers, and every function for which there is an event. `kind`: the function whose event it takes. */
export async function candidatesOf({ functions, peers }: Bundles): Promise<Candidate[]> {
  const known = await Promise.all(
    functions.map(async (one) => ((await eventFor(one.name, 'node')) ? [{ ...one, kind: one.name }] : [])),
  );
  const ordered = peerNames.flatMap((name) => peers.find((one) => one.name === name) ?? []);
  return [...ordered.map((one) => ({ ...one, kind: 'reset-nodes' })), ...known.flat()];
}

/** Runs one life over `count` new events. */
export async function liveOnce(
  { file, kind }: Candidate,
  {
    events: count,
    folder,
    ...more
  }: { events: number; folder: string } & Pick<LifeOptions, 'share' | 'profile' | 'heapEvery'>,
  standIns: StandIns,
): Promise<Life> {
  const environment = { ...(await standIns.fresh()), LAMBDA_TASK_ROOT: folder };
  const events = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      eventFor(kind, standIns.nodes[index % standIns.nodes.length] ?? ''),
    ),
  );
  return runProcess({
    bundle: file,
    events: events.filter((event) => event !== undefined),
    environment,
    ...more,
  });
}

/**
 * Measures the cold start of each candidate with its first two events, in fresh processes against stand-ins on this machine: medians of
 * `runs` interleaved runs.
 *
 * @throws Error when a function does not handle an event
 */
export async function benchColdStart(
  candidates: readonly Candidate[],
  { runs, folder }: { runs: number; folder: string },
  standIns: StandIns,
): Promise<ColdStart[]> {
  const lives = new Map(candidates.map(({ name }) => [name, new Array<Life>()]));
  for (let run = 0; run < runs; run += 1)
    for (const one of candidates)
      lives.get(one.name)?.push(await liveOnce(one, { events: 2, folder }, standIns));
  return candidates.map(({ name, bytes }) => coldStartOf(name, bytes, lives.get(name) ?? []));
}

function coldStartOf(name: string, bytes: number, lives: readonly Life[]): ColdStart {
  const of = (read: (life: Life, first: Event, second: Event) => number): Figure =>
    figure(
      lives.flatMap((life) => {
        const [first, second] = life.handled;
        return first && second ? [read(life, first, second)] : [];
      }),
    );
  return {
    name,
    KB: Math.ceil(bytes / 1024),
    boot: of(({ bootMs }) => bootMs),
    init: of(({ initMs }) => initMs),
    initCpu: of(({ initCpuMs }) => initCpuMs),
    first: of((_, { ms }) => ms),
    firstCpu: of((_, { cpuMs }) => cpuMs),
    second: of((_, __, { ms }) => ms),
    secondCpu: of((_, __, { cpuMs }) => cpuMs),
    total: of(({ bootMs, initMs }, { ms }) => bootMs + initMs + ms),
    totalCpu: of(({ bootCpuMs, initCpuMs }, { cpuMs }) => bootCpuMs + initCpuMs + cpuMs),
    requests: of((_, { requests }) => requests).median,
  };
}
