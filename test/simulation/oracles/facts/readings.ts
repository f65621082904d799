import type { Budget, PoolRules } from '#lib/rules/rules';
import type { Write } from '#local/rehearsal/cloud/table';
import { valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import type { LoggedRequest } from '../../world/route.ts';
import { OUT_OF_SERVICE, rulesOf } from './destructive.ts';

const byProcess = new WeakMap<Run, Map<string, LoggedRequest[]>>();

/** The last list of a pool's nodes that a process was given before a time: what it knew of the pool then. */
export function readingOf(
  run: Run,
  { by, pool }: { by: string; pool: string },
  atMs: number,
): LoggedRequest | undefined {
  let known = byProcess.get(run);
  if (!known) {
    known = Map.groupBy(run.requests, (request) => request.by);
    byProcess.set(run, known);
  }
  return known
    .get(by)
    ?.findLast(
      (one) =>
        one.method === 'GET' &&
        one.path === `/pools/${pool}/nodes` &&
        one.answered &&
        one.status === 200 &&
        !one.odd?.startsWith('odd-refused') &&
        one.atMs <= atMs,
    );
}

/** When a reading was true: it may be an earlier answer, and its reader cannot know. */
export function trueAtMs({ trueAtMs: earlierMs, atMs }: LoggedRequest): number {
  return earlierMs ?? atMs;
}

/** Whether a process was given an odd answer about a pool before a time: what it says of the pool then need not be true. */
export function wasOddFor(run: Run, { by, pool }: { by: string; pool: string }, atMs: number): boolean {
  return run.requests.some(
    (one) => one.by === by && one.odd !== undefined && one.atMs <= atMs && one.pool === pool,
  );
}

/** The node that a name or an address stood for at a moment: a node that replaces another has its address, and an r more. */
export function bearerAt({ world }: Run, pool: string, target: string, atMs: number): string {
  let name = world.nameOf(pool, target) ?? target;
  const isThere = () => world.ever(pool, name, atMs, atMs, ({ present }) => present);
  while (name !== target && !isThere() && world.past(pool, `${name}r`).length > 0) name = `${name}r`;
  return name;
}

/** The nodes of a pool as they truly were at a moment: all of them, and those that were well and that were not. */
export function poolAt(
  run: Run,
  pool: string,
  atMs: number,
): { all: string[]; well: string[]; ill: string[] } {
  const at = (node: string, is: Parameters<Run['world']['ever']>[4]) =>
    run.world.ever(pool, node, atMs, atMs, is);
  const all = run.world.namesOf(pool).filter((node) => at(node, ({ present }) => present));
  const well = all.filter((node) => at(node, (stretch) => stretch.well));
  return { all, well, ill: all.filter((node) => !well.includes(node)) };
}

/**
 * How many nodes a pool was known to have, around a moment, by the ledger: never more than it once had. Until a second reading
 * shows fewer, those that are missing count as out of service.
 */
export function sizesKnown(run: Run, pool: string, atMs: number, aroundMs = 60_000): number[] {
  const most = run.world.namesOf(pool).length;
  const writes = writesOf(run, `pool#${pool}`);
  return writes
    .filter(
      (one, index) =>
        one.atMs <= atMs && (writes[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= atMs - aroundMs,
    )
    .flatMap(({ document }) => (document['value'] as any).size?.nodes ?? [])
    .filter((size: number) => size <= most);
}

/** A budget as a number of nodes. */
export function numberOf(budget: Budget, size: number): number {
  return 'count' in budget ? budget.count : Math.floor((budget.percent * size) / 100);
}

/** How many nodes may be out of service. @param others how many are well besides those that are worked on. */
export function mostOut(budget: Budget, size: number, others: number): number {
  const rounded = numberOf(budget, size);
  const isSmall = rounded === 0 && 'percent' in budget && budget.percent > 0;
  return isSmall ? (others >= 2 ? 1 : 0) : rounded;
}

/** The limits of a pool by the rules that a process had. */
export function poolRules(
  run: Run,
  { by, pool }: { by: string; pool: string | undefined },
): PoolRules | undefined {
  return rulesOf(run, { by }).pools.find(({ id }) => id === pool);
}

/** Places that a process took for nodes by one write. `before`, `after`: what the ledger had of the pool. */
export type Taken = {
  write: Write;
  by: string;
  atMs: number;
  pool: string;
  nodes: { node: string; remediation: string }[];
  before: any;
  after: any;
};

const taken = new WeakMap<Run, Taken[]>();

/** Every time that slots of a budget were taken. */
export function placesTaken(run: Run): Taken[] {
  let known = taken.get(run);
  if (!known) {
    known = [...run.world.pools.keys()].flatMap((pool) =>
      writesOf(run, `pool#${pool}`).flatMap((write): Taken[] => {
        const after = write.document['value'] as any;
        const before = (write.before?.['value'] as any) ?? { held: {}, waiting: [], releases: 0 };
        const nodes = Object.entries<any>(after.held)
          .filter(([node, { remediation }]) => before.held[node]?.remediation !== remediation)
          .map(([node, { remediation }]) => ({ node, remediation: String(remediation) }));
        return nodes.length === 0
          ? []
          : [{ write, by: write.by, atMs: write.atMs, pool, nodes, before, after }];
      }),
    );
    taken.set(run, known);
  }
  return known;
}

/** When the slots of a request were taken: by the last such write of its process. */
export function placedAtMs(
  run: Run,
  { by, pool, sentAtMs, nodes }: { by: string; pool: string; sentAtMs: number; nodes: readonly string[] },
): number {
  const write = writesOf(run, `pool#${pool}`).findLast(
    (one) =>
      one.by === by &&
      one.atMs <= sentAtMs &&
      nodes.some((node) => {
        const now = (one.document['value'] as any).held[node];
        const was = (one.before?.['value'] as any)?.held[node];
        return now !== undefined && now.since !== was?.since;
      }),
  );
  return write?.atMs ?? sentAtMs;
}

const DISTURBING = [
  'killed-before',
  'killed-after',
  'frozen',
  'stall',
  'slow',
  'fails',
  'fails-before',
  'fails-midway',
  'fails-after',
  'late',
  'undeleted',
  'delivered-twice',
];

/** A process may also be killed after a certain write. */
function isDisturbing(mishap: string): boolean {
  return DISTURBING.includes(mishap) || mishap.startsWith('dies-');
}

/** Whether a process was killed, or stood still, or what it asked of the table or a queue failed. The API is not asked about. */
export function wasDisturbed(run: Run, process: string): boolean {
  for (const [key, mishap] of run.mishaps)
    if ((key === process || key.startsWith(`${process}/`)) && isDisturbing(mishap)) return true;
  return false;
}

/** Whether functions, queues and the table did what they are to do all the time. */
export function isUndisturbed({ mishaps }: Run): boolean {
  return ![...mishaps.values()].some((mishap) => isDisturbing(mishap));
}

/** Nodes of a pool that may have been worked on within a span of time before a moment: by every call that was not certainly refused. */
export function spentBefore(run: Run, pool: string, atMs: number, spanMs: number): string[] {
  return valuesOf(run, 'call#')
    .filter(
      ({ pool: of, action, request }) =>
        // A node that HA redundancy isolates is kept as one that was worked on.
        of === pool && (OUT_OF_SERVICE.includes(action) || request?.action === 'openHaRedundant'),
    )
    .filter(({ state, callingAt = '' }) => {
      const beganMs = Date.parse(callingAt);
      return state !== 'refused' && beganMs <= atMs && beganMs > atMs - spanMs;
    })
    .flatMap(({ members }) => members.flatMap((member: any) => member.targets));
}
