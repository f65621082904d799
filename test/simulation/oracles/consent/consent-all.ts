import type { Run } from '../../run.ts';
import { askedByPolicy, policiesEnforced } from '../actions/tag-policies.ts';
import type { Finding } from '../oracles.ts';
import { conflictsAnswered, doorsHold } from './consent-doors.ts';
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
  withdrawnBlocksNoOther,
  withdrawnIsNeverCalled,
} from './consent-withdrawals.ts';

/** Promises at the front doors, and about what a call rests on. */
export const consentOracles: Record<string, (run: Run) => Iterable<Finding>> = {
  'a decision counts for the plan that it names': decidedAsNamed,
  'a decision gets a true answer': decisionsAnswered,
  'a call is exactly as approved': calledAsApproved,
  'an approval counts': approvalCounts,
  'an approved plan is carried out soon': approvedSoon,
  'the first rule that matches answers': firstRuleAnswers,
  'the node that was named is the one': nodeThatWasNamed,
  'evidence is younger than the last remediation': evidenceOfCommands,
  'every refusal has a cause': refusedForCause,
  'a door refuses every bad request': doorsHold,
  'a policy asks for what it requires and forbids': askedByPolicy,
  'policies are enforced': policiesEnforced,
  'a refusal says what to correct': conflictsAnswered,
  'a plan holds for a day': plansExpire,
  'a withdrawn command is never called': withdrawnIsNeverCalled,
  'a withdrawal gets a true answer': withdrawalsAnswered,
  'a withdrawn command is in no other’s way': withdrawnBlocksNoOther,
};
