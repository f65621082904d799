import { type Action, actions, traitsOf } from '#lib/actions/traits';
import type { Call } from '#local/rehearsal/api';
import type { Rehearsal } from '#local/rehearsal/rehearsal';
import { findRoute } from '#local/simulator/routes/route-table';
import type { World } from '#local/simulator/world/world';
import type { Assumptions } from './assumptions.ts';

/** Actions that may end the fault of a node. */
export const REPAIRS: readonly string[] = ['reset-nodes', 'migrate-nodes', 'accept-event'];

const actionsByEndpoint = new Map<string, Action>(
  actions.flatMap((action) => {
    const { method, path } = traitsOf(action).endpoint;
    const route = findRoute(method, path.replaceAll(/\{(\w+)\}/g, 'some-$1'));
    return route ? [[route.route.endpoint, action] as const] : [];
  }),
);

/** The action of a call. */
export function actionOf({ endpoint }: Pick<Call, 'endpoint'>): Action | undefined {
  return actionsByEndpoint.get(endpoint);
}

/** Decides the course of a call before it is made. The draw is that of the node and its number of tries, so other rules have the same luck. */
export function assumeCourse(
  call: Call,
  world: World,
  assumptions: Assumptions,
  tries: Map<string, number>,
  { chance }: Rehearsal,
): void {
  const action = actionOf(call);
  if (action === undefined) return;
  const { takesMs, helps, fails } = assumptions.actions[action];
  // A fault of a call that the API refused must not hit a later one.
  world.faults.clear();
  world.settings.jobDurationSeconds = Math.max(takesMs / 1000, 1);
  const pool = world.pools.get(call.pool ?? '');
  for (const name of call.nodes) {
    const node = pool?.nodes.get(name);
    if (!node) continue;
    const key = `${action}/${name}`;
    const count = (tries.get(key) ?? 0) + 1;
    tries.set(key, count);
    node.staysBroken = !chance.happens(helps, `${key}/${count}/helps`);
    if (!REPAIRS.includes(action) || !chance.happens(fails, `${key}/${count}/fails`)) continue;
    world.faults.add({
      kind: 'failed-job',
      match: { node: name },
      count: 1,
      probability: 1,
      afterNodes: 0,
      message: 'the job failed, as the replay assumes',
    });
  }
}
