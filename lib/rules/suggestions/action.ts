import { type Action, actions, traitsOf } from '#lib/actions/traits';
import { editDistance, nearest } from '#lib/nearest';

/**
 * The end of a message about an unknown key where actions are allowed. Undefined if `suggestion` may word it: no action is near.
 *
 * A suggestion never changes the operation: `reboot-nodes` is not `reset-nodes`, which wipes nodes. If there is no such action, the
 * message says what the actions do.
 *
 * @param beside the map with the key. If it has an action already, the key is probably none.
 */
export function suggestAction(key: string, known: readonly string[], beside: unknown): string | undefined {
  const possible = actions.filter((action) => known.includes(action));
  if (possible.length === 0) return undefined;
  const meant = actionMeant(key, possible);
  if (meant !== undefined) return `: did you mean "${meant}"?`;
  const others = known.filter((one) => !possible.some((action) => action === one));
  const other = nearest(key, others);
  if (other !== undefined) return `: did you mean "${other}"?`;
  const hasAction = possible.some((action) => Object.hasOwn(Object(beside), action));
  if (hasAction) return `: the known ones are ${known.join(', ')}`;
  return `, and there is no such action. The actions are: ${possible.map(describe).join('; ')}. Other keys: ${others.join(', ')}`;
}

/** The action that `key` misspells: the same operation on the same kind of target, with a slip in each at most. */
export function actionMeant(key: string, possible: readonly Action[]): Action | undefined {
  const written = partsOf(key);
  return possible.find((action) => {
    const { operation, target } = partsOf(action);
    return isSlip(written.operation, operation) && isSlip(written.target, target);
  });
}

/** `update-node-pool`: the operation `update` on a `nodepool`. A plural makes no difference. */
function partsOf(name: string): { operation: string; target: string } {
  const [operation = '', ...target] = name
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_\s]+/);
  return { operation, target: target.join('').replace(/s$/, '') };
}

/** One letter more, less or different, or two letters swapped. Short words must be the same. */
function isSlip(written: string, meant: string): boolean {
  return written === meant || (meant.length >= 5 && written.length >= 4 && editDistance(written, meant) <= 1);
}

/** `reset-nodes (reset the node to its initial state; its data is lost)`. */
function describe(action: Action): string {
  const [sentence = ''] = traitsOf(action).describe.rung.split(/\.(?:\s|$)/);
  return `${action} (${sentence.charAt(0).toLowerCase()}${sentence.slice(1)})`;
}
