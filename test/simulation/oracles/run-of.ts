import type { Run } from '../run.ts';
import type { Stretch } from '../world/world.ts';

export const POOL = 'pool-1';

/** A write of a document, whose value replaces the one before. */
type Written = { atMs: number; pk: string; value: object; by?: string; sk?: string };

/** The parts of a run that a test of an oracle sets. Everything that it does not name is empty. */
export type Parts = {
  writes?: readonly Written[];
  requests?: readonly object[];
  delivered?: readonly object[];
  jobs?: readonly object[];
  /** Maintenance that the vendor has planned. */
  planned?: readonly object[];
  arrivals?: readonly object[];
  /** By pool: its nodes, as they were made and as they are at the end. */
  pools?: Readonly<Record<string, readonly { name: string }[]>>;
  /** By node: the stretches of its past. By default it is there, well, `Available` and idle. */
  pasts?: Readonly<Record<string, readonly Partial<Stretch>[]>>;
  rules?: object;
  mishaps?: Readonly<Record<string, string>>;
  deployment?: object;
  actions?: object;
  endMs?: number;
};

/** A run in which only this happened, for one oracle. */
export function runOf({
  writes = [],
  requests = [],
  delivered = [],
  jobs = [],
  planned = [],
  arrivals = [],
  pools = {},
  pasts = {},
  rules = {},
  mishaps = {},
  deployment = {},
  actions = {},
  endMs = Number.POSITIVE_INFINITY,
}: Parts): Run {
  const last = new Map<string, object>();
  const written = writes.map(({ atMs, pk, value, by = 'a-function#1', sk = '-' }) => {
    const document = { pk, sk, value: { ...emptyOf(pk), ...value } };
    const before = last.get(pk + sk);
    last.set(pk + sk, document);
    return { atMs, by, document, before };
  });
  const world = worldOf(pasts);
  const made = Object.entries(pools).map(([id, nodes]) => ({
    id,
    nodes: new Map(nodes.map((node) => [node.name, node])),
  }));
  return {
    scenario: { inputs: [], pools: made },
    planned: { all: planned, routes: [] },
    rules: { pools: [], rules: [], notify: [], ...rules },
    world: { ...world, jobs, arrivals, pools: new Map(made.map((pool) => [pool.id, pool])) },
    table: { documents: () => [...last.values()] },
    writes: written,
    requests: requests.map((request, index) => ({
      number: index + 1,
      by: 'a-function#1',
      method: 'GET',
      pool: POOL,
      answered: true,
      status: 200,
      ...request,
    })),
    correspondence: {
      delivered,
      commanded: [],
      decided: [],
      released: [],
      knocked: [],
      read: [],
      reported: [],
      guessed: [],
      subscribed: [],
      visited: [],
    },
    actions,
    deployment: { begun: new Map(), batches: new Map(), told: [], deadLetters: new Map(), ...deployment },
    mishaps: new Map(Object.entries(mishaps)),
    endMs,
  } as unknown as Run;
}

/** The fields that every document has, as oracles see it. */
function emptyOf(pk: string): object {
  if (pk.startsWith('remediation#')) return { receipts: [], outcomes: {}, alerts: [] };
  return pk.startsWith('pool#') ? { held: {}, holds: {}, waiting: [] } : {};
}

function worldOf(
  pasts: NonNullable<Parts['pasts']>,
): Pick<Run['world'], 'namesOf' | 'nameOf' | 'past' | 'ever'> {
  const usual = { fromMs: 0, present: true, well: true, phase: 'Available', workload: undefined };
  const past = (_: string, name: string) =>
    (pasts[name] ?? []).map((stretch) => ({ ...usual, nodePool: undefined, labels: {}, ...stretch }));
  return {
    namesOf: () => Object.keys(pasts),
    nameOf: (_, name) => name,
    past,
    ever: (pool, name, fromMs, toMs, is) =>
      past(pool, name).some((stretch, index, all) => {
        const untilMs = all[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
        return stretch.fromMs <= toMs && untilMs >= fromMs && is(stretch);
      }),
  };
}
