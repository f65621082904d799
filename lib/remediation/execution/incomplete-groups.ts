import type { ActionDefinition } from '#lib/actions/action';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import type { Remediation } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { withRefused } from '#lib/remediation/lifecycle/outcomes';
import { withVerdicts } from '#lib/remediation/lifecycle/spoken';
import { phaseOf } from '#lib/remediation/lifecycle/state-of';
import { isLastAttempt, isUndecided } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Member } from './join.ts';
import type { Leases, Refused } from './lease-targets.ts';

/** What of an action decides who becomes part of a call. */
export type Assembling = Pick<
  ActionDefinition<Record<string, unknown>>,
  'action' | 'guards' | 'disruptiveGuards' | 'wholeOf' | 'takesNodesAway' | 'waitsForOthers'
>;

/** What a call is put together from. `facts`: by remediation id. */
export type Parts = {
  callId: string;
  deadlineMs: number;
  facts: ReadonlyMap<string, readonly Facts[]>;
  action: Assembling;
};

/** Leaves out what is left of a whole of which a part could not be leased. */
export function dropIncompleteGroups(
  { leased, refused }: Leases,
  facts: readonly Facts[],
  { wholeOf = () => undefined }: Assembling,
): Leases {
  const wholes = new Map(facts.map((fact) => [nameOf(fact), wholeOf(fact)]));
  const torn = new Map(refused.map(({ target, verdict }) => [wholes.get(target), { target, verdict }]));
  torn.delete(undefined);
  const remnants = leased.flatMap((target): Refused[] => {
    const whole = wholes.get(target);
    const missing = torn.get(whole);
    if (!missing) return [];
    const { guard, why } = missing.verdict;
    return [
      {
        target,
        verdict: { guard, allowed: false, why: `${whole} goes as a whole; ${missing.target}: ${why}` },
      },
    ];
  });
  return {
    leased: leased.filter((name) => !remnants.some(({ target }) => target === name)),
    refused: [...refused, ...remnants],
  };
}

/** Whether a remediation is as this attempt has left it. */
export function isUnchanged(remediation: Remediation): (current: Remediation) => boolean {
  return (current) =>
    isUndecided(current) && current.callId === remediation.callId && isLastAttempt(remediation, current);
}

/** Records for which targets of a command somebody else was faster: the rest of it goes on, or all of it is over. */
export async function recordRefused(
  { remediation }: Member,
  refused: readonly Refused[],
  allOfThem: boolean,
  { store, clock }: RemediationServices,
): Promise<void> {
  const targets = refused.map(({ target, verdict: { why, handsOver } }) => ({
    target,
    why,
    forPerson: handsOver === true,
  }));
  const isForPerson = refused.every(({ verdict: { handsOver } }) => handsOver);
  await recordRemediation(store, remediation.id, clock.now(), isUnchanged(remediation), (current) => ({
    by: 'refuse',
    changes: {
      outcomes: withRefused(current, targets),
      ...withVerdicts(
        current,
        refused.map(({ verdict }) => verdict),
      ),
      ...(allOfThem && {
        phase: phaseOf(withRefused(current, targets), { isForPerson }),
        why: targets.map(({ why }) => why).join('; '),
      }),
    },
    receipts: refused.map(({ target, verdict }) => ({ step: 'guard' as const, target, ...verdict })),
  }));
}
