import type { NodePoolPlan } from '../../strict-modelarts/node-pool.ts';
import type { PoolPlan, StrictPool } from '../../strict-modelarts/pool.ts';
import { type System, secrets } from '../stack/system.ts';
import { poolId } from '../stack/test-rules.ts';
import { linesWith, untilSign } from '../stack/until.ts';

export type ActionClient = {
  /** A pool that no other test uses. */
  fresh(plan: PoolPlan, name?: string): StrictPool;
  /** Two node pools; the work is on the second. */
  withNodePool(nodePool?: Partial<NodePoolPlan>, plan?: PoolPlan): StrictPool;
  post(route: string, body: unknown): Promise<{ status: number; body: any }>;
  /** Posts a command, and gives its id. */
  command(action: string, pool: StrictPool, more: object): Promise<string>;
  decide(id: string, hash: unknown, decision?: string): Promise<{ status: number; body: any }>;
  /** Waits until a plan waits for its approval: another one than `not`. */
  planOf(id: string, not?: string): Promise<{ hash: string; changes?: any }>;
};

/** The names of the pools that `fresh` makes, for the rules file. */
export const poolNames = Array.from({ length: 80 }, (_, index) => `pool-${index}`);

/** The work of a person with commands and plans, on pools whose nodes are well. */
export function createActionClient(system: System): ActionClient {
  let poolsInUse = 0;

  const fresh: ActionClient['fresh'] = (plan, name = `pool-${poolsInUse++}`) =>
    system.api.addPool(poolId(name), { phase: 'Available', ...plan });

  const post: ActionClient['post'] = async (route, body) => {
    const response = await system.request(route, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets.consoleToken}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  return {
    fresh,
    post,

    withNodePool(nodePool = {}, plan = {}) {
      const nodePools = [
        { name: 'np-0', nodes: 2 },
        { name: 'np-1', nodes: 2, ...nodePool },
      ];
      return fresh({ nodePools, ...plan });
    },

    async command(action, pool, more) {
      const { status, body } = await post('/commands', { action, pool: pool.id, mode: 'act', ...more });
      if (status !== 202) throw new Error(`POST /commands answered ${status}: ${JSON.stringify(body)}`);
      return body.id;
    },

    decide: (id, hash, decision = 'approve') => post(`/remediations/${id}/${decision}`, { hash }),

    planOf: (id, not) =>
      untilSign(
        linesWith(system.logs, id),
        async () => {
          const shown = await system.show(id).catch(() => undefined);
          return shown?.state === 'awaiting-approval' && shown.plan?.hash !== not ? shown.plan : undefined;
        },
        () => `${id} has no plan that waits`,
      ),
  };
}

/** A change of a node pool's size. */
export const resize = (count: number) => ({ spec: { resources: { count } } });
