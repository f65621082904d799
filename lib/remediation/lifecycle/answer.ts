import { changesRedundancy } from '#lib/actions/update-nodes/traits';
import type { Call } from '#lib/ledger/call';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import type { Remediation } from '#lib/ledger/remediation';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { backoffMs } from '#lib/remediation/record/backoff';
import { verificationOf } from '#lib/remediation/record/limits';
import { isDone, isVerifying } from '#lib/remediation/record/outcome';
import type { Rules } from '#lib/rules/rules';
import { waitsUntil } from './defer.ts';
import { type Changes, type Recorded, transition } from './move.ts';
import { endOrRungFailed } from './rung.ts';
import { stateWith } from './state-of.ts';
import type { Subject } from './transitions.ts';

/** Limit of the tries for a node for which the API reports a failure. */
const MAX_ATTEMPTS = 3;

/** Limit of the answers with "later"; the pause doubles each time, to about an hour together. */
const MAX_LATER = 9;

/**
 * The API said at once for each node how it ended. A node that is missing from the answer has failed (docs/design/modelarts-api.md,
 * section 10, row 5). These nodes are tried again, alone and a bounded number of times; a node whose verification has failed is not.
 */
export function answer(
  rules: Rules,
  current: Subject<'answer'>,
  call: Call,
  targets: readonly string[],
  now: number,
): Recorded {
  // Tags cannot be read (docs/design/modelarts-api.md, 2.2), so the answer is the only proof, unless the rule wants the node verified.
  const isVisible = changesRedundancy(call.request) || verificationOf(rules, current) !== undefined;
  const answered = targets.map((target) => [target, outcomeOf(target, call, isVisible)] as const);
  const outcomes = { ...current.outcomes, ...Object.fromEntries(answered) };
  const later = targets.filter((target) => call.answer?.later?.includes(target));
  const changes = changesWith(current, outcomes, later, rules.waits.failedNodesMs, now);
  return transition(
    current,
    'answer',
    endOrRungFailed(rules, current, changes, now),
    receiptOf(call.id, targets, outcomes, later),
  );
}

function outcomeOf(target: string, { answer: said }: Call, isVisible: boolean): NodeOutcome {
  if (said?.succeeded.includes(target)) {
    return isVisible
      ? { state: 'verifying', why: 'the API has accepted it' }
      : { state: 'succeeded', why: 'the API says success' };
  }
  const status = said?.failed[target];
  return {
    state: 'failed',
    why: status === undefined ? 'the API said nothing about the node' : `the API says ${status}`,
  };
}

/** @param later the targets that the API may take later. */
function changesWith(
  current: Remediation,
  outcomes: Remediation['outcomes'],
  later: readonly string[],
  pauseMs: number,
  now: number,
): Changes<'waiting' | 'verifying' | 'needs-human' | 'failed' | 'succeeded'> {
  const { answers: before = { all: 0, later: 0 } } = current;
  const answers = { all: before.all + 1, later: before.later + Math.min(later.length, 1) };
  // An answer with "later" is no attempt that has failed.
  const attempts = answers.all - answers.later;
  const everyFailed = targetsThatAre('failed', outcomes);
  const failed = everyFailed.filter((target) => !isDone(outcomes[target]));
  const shown = failed.slice(0, 5).join(', ');
  const isLater = later.length > 0;
  const comesBack = (afterMs: number, why: string) => ({
    ...waitsUntil(current, new Date(now + afterMs).toISOString(), why),
    outcomes,
    answers,
  });
  if (failed.length > 0 && isLater && answers.later < MAX_LATER) {
    const first = outcomes[later[0] ?? '']?.why;
    const why = `the API takes ${later.length} nodes later (${first}): ${later.slice(0, 5).join(', ')}`;
    return comesBack(backoffMs(answers.later, pauseMs), why);
  }
  if (failed.length > 0 && !isLater && attempts < MAX_ATTEMPTS)
    return comesBack(pauseMs, `${failed.length} nodes failed and are tried again: ${shown}`);
  if (isVerifying({ outcomes })) {
    const why = 'the API has accepted it; the nodes have yet to show it';
    return { phase: 'verifying', why, outcomes, answers };
  }
  // These nodes have failed in their verification alone.
  if (failed.length === 0 && everyFailed.length > 0) return { ...stateWith(current, outcomes), answers };
  const waiting = targetsThatAre('waiting', outcomes);
  if (failed.length === 0 && waiting.length > 0) {
    const named = waiting.slice(0, 5).join(', ');
    return comesBack(pauseMs, `${waiting.length} nodes are left for the next call: ${named}`);
  }
  if (failed.length === 0) return { phase: 'succeeded', why: successOf(outcomes), outcomes, answers };
  const why = isLater
    ? `the API has deferred ${later.length} nodes ${answers.later} times, and is not asked again: ${shown}`
    : `${failed.length} nodes failed ${attempts} times: ${shown}`;
  return { phase: 'failed', why, outcomes, answers };
}

function targetsThatAre(wanted: NodeOutcome['state'], outcomes: Remediation['outcomes']): string[] {
  return Object.entries(outcomes).flatMap(([target, { state }]) => (state === wanted ? [target] : []));
}

function successOf(outcomes: Remediation['outcomes']): string {
  const skipped = targetsThatAre('skipped', outcomes);
  if (skipped.length === 0) return 'the API says success for every node';
  const named = skipped.slice(0, 5).join(', ');
  return `the API says success for every node but the ${skipped.length} that were skipped: ${named}`;
}

function receiptOf(
  callId: string,
  targets: readonly string[],
  outcomes: Remediation['outcomes'],
  later: readonly string[],
): NewReceipt {
  const failed = targets.filter((target) => outcomes[target]?.state === 'failed');
  return {
    step: 'answer',
    callId,
    succeeded: targets.length - failed.length,
    failed: Object.fromEntries(failed.map((target) => [target, outcomes[target]?.why])),
    ...(later.length > 0 && { later: later.length }),
  };
}
