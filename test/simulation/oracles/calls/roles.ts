import { verdictOn } from '#local/cloud/iam/policy';
import type { Role } from '#local/cloud/iam/statement';
import { describeStack } from '#local/stack/describe';
import { declaredFunctions } from '#local/stack/functions';
import { named } from '#local/stack/names';
import { PLACE } from '#test/iam/store-calls';
import type { Run } from '../../run.ts';
import type { Finding } from '../oracles.ts';

const { functions } = describeStack({ schedules: [], notify: [], pools: [] })(PLACE);
const roles: ReadonlyMap<string, Role> = new Map(
  declaredFunctions.flatMap(({ name }) => {
    const found = functions.find((fn) => fn.name === named('local', name));
    return found ? [[name, found.role] as const] : [];
  }),
);

/** On AWS a role refuses everything else. */
export function* onlyWhatRolesAllow({ asked }: Run): Iterable<Finding> {
  for (const { functionName, call } of asked) {
    const role = roles.get(functionName);
    if (role && verdictOn(role.statements, call) === 'allowed') continue;
    const keys = Object.values(call.context ?? {}).flat();
    yield { what: `${functionName} may not ${call.action} on ${call.resource} (${keys.join(', ')})` };
  }
}
