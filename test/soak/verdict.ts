import { hasEnded } from '#lib/ledger/phase';
import type { RemediationState } from '#lib/rules/state';

/** Everything that a soak has seen. */
export type Seen = {
  minutes: number;
  kills: number;
  /** Deliveries that had no answer and were sent again. */
  repeated: number;
  /** The alerts that were accepted, with their remediations. */
  accepted: readonly { node: string; remediations: readonly string[] }[];
  /** By remediation: its state at the end. Absent: the ledger does not have it. */
  states: Readonly<Record<string, RemediationState | undefined>>;
  /** By node: how often the API has reset it. */
  resets: Readonly<Record<string, number>>;
  deadLetters: number;
  /** Bytes of the process without kills, each after a collection of garbage, oldest first. */
  heap: readonly number[];
};

/** The heap may grow by this share between the first and the last third. More points to a leak. */
const MAX_GROWTH = 0.15;

/** The measurements of a process's first minute are left out: it compiles its code, and its connections and caches fill. */
const WARM_UP = 12;

/** Fewer measurements after that say nothing. */
const MIN_MEASUREMENTS = 9;

/** The faults of a run, in a line each. None: it has passed. */
export function faultsOf(seen: Seen): string[] {
  const { accepted, states, resets, deadLetters, heap } = seen;
  const wanted = accepted.flatMap(({ remediations }) => remediations);
  const lost = wanted.filter((id) => states[id] === undefined);
  const open = wanted.filter((id) => {
    const state = states[id];
    return state !== undefined && !hasEnded(state);
  });
  const reported = Map.groupBy(accepted, ({ node }) => node);
  const twice = Object.entries(resets).filter(([node, times]) => times > (reported.get(node)?.length ?? 0));
  const { growth } = growthOf(heap);
  return [
    ...lost.map((id) => `remediation ${id} was accepted, and the ledger does not have it`),
    ...open.map((id) => `remediation ${id} has no outcome: it is ${states[id]}`),
    ...twice.map(([node, times]) => `${node} was reset ${times} times, for fewer alerts`),
    ...(deadLetters > 0 ? [`${deadLetters} messages are dead letters`] : []),
    ...(growth !== undefined && growth > MAX_GROWTH ? [`the heap grew by ${percent(growth)}`] : []),
    ...(wanted.length === 0 ? ['no alert was accepted'] : []),
  ];
}

/** The figures of a run, in a line each. */
export function figuresOf(seen: Seen): string[] {
  const { minutes, kills, repeated, accepted, states, resets, heap } = seen;
  const counts = Map.groupBy(Object.values(states), (state) => state ?? 'lost');
  const outcomes = [...counts].map(([state, all]) => `${all.length} ${state}`).join(', ');
  const { growth, first, last } = growthOf(heap);
  return [
    `${minutes} minutes, ${kills} kills of the whole process, each with a restart`,
    `${accepted.length} alerts accepted; ${repeated} deliveries were sent again`,
    `outcomes: ${outcomes}`,
    `${Object.values(resets).reduce((sum, times) => sum + times, 0)} resets of ${Object.keys(resets).length} nodes`,
    growth === undefined
      ? 'the heap was measured too few times to judge its growth'
      : `heap of the process without kills: ${megabytes(first)} → ${megabytes(last)} (${percent(growth)})`,
  ];
}

/** Compares the last third of the measurements with the first. */
function growthOf(measured: readonly number[]): { growth?: number; first: number; last: number } {
  const heap = measured.slice(WARM_UP);
  const third = Math.floor(heap.length / 3);
  const first = median(heap.slice(0, third));
  const last = median(heap.slice(-third));
  if (heap.length < MIN_MEASUREMENTS) return { first, last };
  return { growth: last / first - 1, first, last };
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

function percent(share: number): string {
  return `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
