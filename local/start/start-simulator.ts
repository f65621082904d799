import type { Rules } from '#lib/rules/rules';
import { type Simulator, startSimulator } from '#local/simulator/simulator';
import type { ModelArts, SimulatorKeys } from './settings.ts';

/** Simulated seconds for each second: a job of six minutes takes six seconds. */
export const SPEED = 60;

/** Enough nodes that the vendor's 5 % are as many as the samples make faulty at once. */
export const NODES_PER_POOL = 128;

/** The destination of migrations: the pool in events/commands/migrate-nodes.json. */
const spare = { name: 'spare', id: 'pool-77aa-6f5da086876d4cd084d36f8bd3346036', nodes: 4 };

/** Starts a simulator with the pools of the rules and a spare one, so that users can try every rules file on it. */
export function startSimulatorFor({ pools }: Pick<Rules, 'pools'>, keys: SimulatorKeys): Promise<Simulator> {
  const own = pools.map(({ id, name }, index) => ({ id, name: displayName(name, index) }));
  const hasSpare = own.some(({ id, name }) => id === spare.id || name === spare.name);
  return startSimulator({
    ...keys,
    speed: SPEED,
    nodes: NODES_PER_POOL,
    pools: hasSpare ? own : [...own, spare],
  });
}

/** Adds the pools of other rules. The simulator keeps those that the rules no longer have. */
export function addPools({ pools }: Pick<Rules, 'pools'>, { control }: Pick<Simulator, 'control'>): void {
  for (const { id, name } of pools) {
    const present = control.state().pools;
    if (present.some((pool) => pool.id === id)) continue;
    const wanted = displayName(name, present.length);
    const isTaken = present.some((pool) => pool.name === wanted);
    control.addPool({ id, name: isTaken ? `pool-${present.length + 1}` : wanted });
  }
}

/** The vendor's display names allow less than the names in a rules file. */
function displayName(name: string, index: number): string {
  return /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(name) ? name : `pool-${index + 1}`;
}

/** The API of the functions, and the variables that point to it. */
export async function startModelArts(
  modelarts: ModelArts,
  rules: Pick<Rules, 'pools'>,
  parts: AsyncDisposableStack,
): Promise<{ variables: Record<string, string>; simulator?: Simulator }> {
  if (modelarts.kind === 'api') return { variables: modelarts.variables };
  const simulator = parts.use(await startSimulatorFor(rules, modelarts.keys));
  const { accessKey, secretKey, securityToken } = simulator.credentials;
  return {
    simulator,
    variables: {
      MODELARTS_ENDPOINT: simulator.url,
      HUAWEICLOUD_SDK_AK: accessKey,
      HUAWEICLOUD_SDK_SK: secretKey,
      ...(securityToken !== undefined && { HUAWEICLOUD_SDK_SECURITY_TOKEN: securityToken }),
      HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
      HUAWEICLOUD_SDK_REGION: modelarts.region,
    },
  };
}
