import type { ActionDefinition } from '#lib/actions/action';
import type { Facts } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';
import type { Decision } from '#lib/remediation/lifecycle/judge';
import { isBegun } from '#lib/remediation/lifecycle/outcomes';
import { phaseOf } from '#lib/remediation/lifecycle/state-of';
import type { Mode } from '#lib/rules/rules';
import { handedOver, isUnknown, type Judged, reasons } from './verdicts.ts';

/** The basis of a decision, besides the command itself. */
export type Findings = {
  /** The mode of this call, and the reason for it. */
  mode: Mode;
  said: string;
  /** The request with everything that is allowed or deferred; undefined if nothing is. */
  plan: Remediation['plan'];
  allowed: readonly Facts[];
  deferred: readonly Judged[];
  refused: readonly Judged[];
  /** Why nothing is left to be done. */
  done: string | undefined;
  /** Why a person has to hear of the refusals (`stopsWithPerson`). */
  stops: string | undefined;
};

/** Decides about a command. Pure. Without a phase in the decision, the command is carried out. */
export function decide(remediation: Remediation, findings: Findings): Decision {
  const { mode, plan, allowed, deferred, done } = findings;
  if (mode === 'observe') return observe(remediation, findings);
  if (done !== undefined) return { phase: 'succeeded', why: done };
  if (!plan && deferred.length === 0) return refuse(remediation, findings);
  // No person is asked to approve a plan on unknown facts.
  const unknown = deferred.filter(isUnknown);
  if (mode === 'approve' && unknown.length > 0) return wait(unknown);
  if (!plan) return wait(deferred);
  const { approval } = remediation;
  const isApproved = approval !== undefined && (isBegun(remediation) || approval.hash === plan.hash);
  if (mode === 'act' || isApproved) {
    const mustWait = mode === 'act' ? allowed.length === 0 : deferred.length > 0;
    if (mustWait) return wait(deferred);
    // A plan with changes is kept, even without an approval, because the result is compared with it.
    return plan.changes === undefined ? {} : { plan };
  }
  const why = approval
    ? 'the facts have changed since the plan was approved: the new plan waits for its own approval'
    : 'the plan waits for an approval';
  return { phase: 'planned', why, plan };
}

function wait(deferred: readonly Judged[]): Decision {
  return { phase: 'waiting', why: `it waits: ${reasons(deferred)}` };
}

/** An observed command only names the call that it would have made. Calls that failed in another mode are not tried again. */
function observe(remediation: Remediation, { said, plan, deferred, refused, done }: Findings): Decision {
  if (isBegun(remediation))
    return { phase: 'failed', why: `${said}; the nodes that have failed are not tried again` };
  const once = deferred.length > 0 ? `, but not yet: ${reasons(deferred)}` : '';
  const would =
    plan && done === undefined
      ? `${remediation.action} would have been called${once}`
      : `nothing would have been done: ${done ?? reasons(refused.length > 0 ? refused : deferred)}`;
  return { phase: 'observed', why: `${said}; ${would}`, ...(plan && { plan }) };
}

/** Every target is refused for good. */
function refuse(remediation: Remediation, { refused, stops }: Findings): Decision {
  const forPerson = refused.map(handedOver).find((reason) => reason !== undefined);
  if (forPerson !== undefined) return { phase: 'needs-human', why: forPerson };
  if (stops !== undefined) {
    const rung = (remediation.ladder?.rung ?? 0) + 1;
    return { phase: 'needs-human', why: `the ladder stops at rung ${rung}, and its alert fires: ${stops}` };
  }
  return { phase: phaseOf(remediation.outcomes), why: reasons(refused) };
}

/** Why a command must wait for an approval although its mode is `act`; undefined if it need not. */
export function needsConsent<Body extends Record<string, unknown>>(
  { action, needsApproval }: ActionDefinition<Body>,
  facts: readonly Facts[],
): string | undefined {
  if (typeof needsApproval === 'function')
    return facts.map((fact) => needsApproval(fact)).find((why) => why !== undefined);
  return needsApproval === true ? `${action} always waits for an approval` : undefined;
}
