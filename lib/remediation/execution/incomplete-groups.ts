import type { ActionDefinition } from '#lib/actions/action';
import type { Holding, Refused } from '#lib/capacity/hold-targets';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { refuseTaken } from '#lib/remediation/lifecycle/refuse';
import { isUnchanged } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Member } from './join.ts';

/** The part of an action's definition that decides about the members of a call. */
export type Assembling = Pick<
  ActionDefinition<Record<string, unknown>>,
  'action' | 'guards' | 'disruptiveGuards' | 'wholeOf' | 'takesNodesAway' | 'waitsForOthers'
>;

/** The basis of a call. `facts`: by remediation id. `deadlineMs`: epoch milliseconds. */
export type Parts = {
  callId: string;
  pool: string;
  deadlineMs: number;
  facts: ReadonlyMap<string, readonly Facts[]>;
  action: Assembling;
};

/** Drops the remaining targets of a group if one of its targets could not be held. */
export function dropIncompleteGroups(
  { held, refused }: Holding,
  facts: readonly Facts[],
  { wholeOf = () => undefined }: Pick<Assembling, 'wholeOf'>,
): Holding {
  const wholes = new Map(facts.map((fact) => [nameOf(fact), wholeOf(fact)]));
  const torn = new Map(refused.map((one) => [wholes.get(one.target), one]));
  torn.delete(undefined);
  const remnants = held.flatMap((target): Refused[] => {
    const whole = wholes.get(target);
    const missing = torn.get(whole);
    if (!missing) return [];
    const { guard, why } = missing.verdict;
    const verdict = { guard, allowed: false, why: `${whole} goes as a whole; ${missing.target}: ${why}` };
    return [{ target, verdict, kind: missing.kind }];
  });
  return {
    held: held.filter((name) => !remnants.some(({ target }) => target === name)),
    refused: [...refused, ...remnants],
  };
}

/** Records the targets of a command that another process took first. The rest goes on; `isAll`: nothing is left, and it ends. */
export async function recordRefused(
  { remediation }: Member,
  refused: readonly Refused[],
  isAll: boolean,
  services: RemediationServices,
): Promise<void> {
  await recordRemediation(services, remediation.id, services.clock.now(), (current) =>
    isUnchanged(remediation, current) ? refuseTaken(current, refused, isAll) : undefined,
  );
}
