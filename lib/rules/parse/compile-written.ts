import { type Action, isNodeAction, parametersInRules } from '#lib/actions/traits';
import type { Written } from '#lib/rules/file/written';
import { toPoolId } from '#lib/rules/pool';
import type { PoolRules, RungAction } from '#lib/rules/rules';

/** The command that stands under the key of an action, as far as the rules file says it. */
export function compileWritten(action: Action, written: Written, pools: readonly PoolRules[]): RungAction {
  const { nodePool, ...fields } = written;
  const parameters = toPoolId(parametersInRules(action, fields), pools);
  if (isNodeAction(action)) return { action, parameters };
  return { action, ...(nodePool !== undefined && { nodePool }), parameters };
}
