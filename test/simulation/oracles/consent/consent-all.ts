import type { Run } from '../../run.ts';
import { askedByPolicy, policiesEnforced } from '../actions/tag-policies.ts';
import type { Finding } from '../oracles.ts';
import { conflictsTold, doorsHold } from './consent-doors.ts';
import {
  evidenceOfCommands,
  firstRuleAnswers,
  nodeThatWasNamed,
  refusedForCause,
} from './consent-evidence.ts';
import {
  approvalCounts,
  approvedSoon,
  calledAsApproved,
  decidedAsNamed,
  decisionsAnswered,
  plansExpire,
} from './consent-plans.ts';
import {
  withdrawalsAnswered,
  withdrawnIsInNobodysWay,
  withdrawnIsNeverCalled,
} from './consent-withdrawals.ts';

/** Promises at the front doors, and about what a call rests on. */
export const consentOracles: Record<string, (run: Run) => Iterable<Finding>> = {
  'a decision counts for the plan that it names': decidedAsNamed,
  'who decides is told what became of it': decisionsAnswered,
  'what is called is what was approved': calledAsApproved,
  'an approval counts': approvalCounts,
  'what is approved is done soon': approvedSoon,
  'the first rule that matches answers': firstRuleAnswers,
  'the node that was named is the one': nodeThatWasNamed,
  'evidence is younger than the last remediation': evidenceOfCommands,
  'what is refused is refused for cause': refusedForCause,
  'a door takes nothing that is not to be taken': doorsHold,
  'a policy asks for what it requires and forbids': askedByPolicy,
  'policies are enforced': policiesEnforced,
  'whoever is refused knows what to mend': conflictsTold,
  'a plan holds for a day': plansExpire,
  'what is withdrawn is never called': withdrawnIsNeverCalled,
  'who withdraws is told what came of it': withdrawalsAnswered,
  'what is withdrawn is in nobody’s way': withdrawnIsInNobodysWay,
};
