import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { describeIssues } from '#lib/issues';
import { RequestError, requestJson } from '#local/client/http-json';
import { CommandError } from '../failure.ts';

const Hold = z.looseObject({
  remediation: z.string(),
  action: z.string().default('reset-nodes'),
  since: z.string(),
  disruptive: z.boolean().default(true),
});

/** A node as `GET /pools/{pool}/nodes` shows it, or as a person writes it down. */
const Node = z
  .looseObject({
    node: z.string().optional(),
    name: z.string().optional(),
    phase: z.string().default(''),
    address: z.string().optional(),
    flavor: z.string().optional(),
    nodePool: z.string().optional(),
    driver: z.looseObject({ phase: z.string().optional(), version: z.string().optional() }).optional(),
    supernode: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    createdAt: z.string().optional(),
    hold: Hold.optional(),
    /** The names of the workloads that run on it. Absent: unknown. */
    workloads: z.array(z.string()).optional(),
    /** From `GET /nodes/{node}`: the last call for it, and the ladders begun for it. */
    history: z
      .looseObject({
        remediation: z.string(),
        action: z.string(),
        calledAt: z.string(),
        endedAt: z.string().optional(),
      })
      .optional(),
    rounds: z.array(z.looseObject({ rule: z.string(), used: z.number(), oldest: z.string() })).default([]),
  })
  .refine(({ node, name }) => (node ?? name) !== undefined, {
    path: ['node'],
    error: 'is missing: the name of the node',
  })
  .transform(({ node, name, ...rest }) => ({ ...rest, name: node ?? name ?? '' }));

/** Parts of `GET /pools/{pool}`. */
const Pool = z.looseObject({
  budget: z.looseObject({ day: z.looseObject({ spent: z.number() }).optional() }).optional(),
  storm: z.looseObject({ since: z.string(), until: z.string(), nodes: z.number() }).optional(),
  breaker: z.looseObject({ failures: z.number(), openUntil: z.string().optional() }).optional(),
  outOfService: z.unknown().optional(),
});

export type StateNode = z.output<typeof Node>;

/** The state of a pool, as far as it is known. `origin`: where it comes from. `knowsHistory`: whether it has the history of the node. */
export type PoolState = {
  origin: string;
  nodes: StateNode[];
  pool: z.output<typeof Pool>;
  knowsHistory: boolean;
};

const Given = z.looseObject({ nodes: z.array(Node), pool: Pool.optional() });

/**
 * The state of a pool from a file: `{ nodes: […], pool: {…} }` as JSON or YAML, with the fields of `GET /pools/{pool}/nodes` and
 * `GET /pools/{pool}`.
 *
 * @throws CommandError with each wrong field
 */
export function stateIn(text: string, file: string): PoolState {
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw new CommandError(
      `${file} is neither JSON nor YAML: ${error instanceof Error ? error.message : String(error)}`,
      'usage',
    );
  }
  const parsed = Given.safeParse(value);
  if (!parsed.success)
    throw new CommandError(`${file} is no state of a pool: ${describeIssues(parsed.error)}`, 'usage');
  const { nodes, pool = {}, ...rest } = parsed.data;
  const knowsHistory = nodes.some(({ history, rounds }) => history !== undefined || rounds.length > 0);
  return { origin: file, nodes, pool: Pool.parse({ ...rest, ...pool }), knowsHistory };
}

const NodesPage = z.looseObject({ nodes: z.array(Node), next: z.string().optional() });
const MAX_PAGES = 20;

export type System = { url: string; consoleToken: string };

/**
 * The state of a pool in a running system, with the history of one node.
 *
 * @returns undefined if the system does not have the pool
 * @throws RequestError if it does not answer, or refuses
 */
export async function stateOfSystem(
  { url, consoleToken: token }: System,
  pool: string,
  node: string,
  signal: AbortSignal,
): Promise<PoolState | undefined> {
  const at = `${url}/pools/${encodeURIComponent(pool)}`;
  const get = { method: 'GET', token, signal } as const;
  const shown = await ifKnown(requestJson(Pool, { ...get, url: at }));
  if (!shown) return undefined;
  const nodes: StateNode[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = `limit=1000${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { nodes: more, next } = await requestJson(NodesPage, { ...get, url: `${at}/nodes?${query}` });
    nodes.push(...more);
    cursor = next;
    if (next === undefined) break;
  }
  const query = `pool=${encodeURIComponent(pool)}`;
  const own = await ifKnown(
    requestJson(Node, { ...get, url: `${url}/nodes/${encodeURIComponent(node)}?${query}` }),
  );
  const all = own ? nodes.map((one) => (one.name === own.name ? { ...one, ...own } : one)) : nodes;
  return { origin: url, nodes: all, pool: shown, knowsHistory: own !== undefined };
}

async function ifKnown<Value>(answer: Promise<Value>): Promise<Value | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}
