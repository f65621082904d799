import { type RemediationAction, traitsOf } from '#lib/actions/traits';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { refusalsIn } from '#lib/sentences/guards';
import { planText } from '#lib/sentences/plan-text';
import { sentencesOf } from '#lib/sentences/receipts';
import { commandText, standingOf, whyText } from '#lib/sentences/remediation';
import type { ActionWords, GuardSentence, Sentence } from '#lib/sentences/sentence';
import { clockIn } from '#lib/sentences/time';
import type { Remediation } from '#local/client/ledger';
import type { StoryLine } from './story-line.ts';

/** With more guards than this, only the refusing ones are shown. */
const MOST_GUARDS_SHOWN = 12;

/** Times on a screen are those of its machine. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * The story of receipts, in their order: one line for each, and one for all guards of one evaluation, with the plan behind it.
 *
 * @param guards whether to show each guard with its numbers. A refusal always shows.
 */
export function receiptLines(
  receipts: readonly Receipt[],
  remediation: Pick<Remediation, 'action' | 'parameters' | 'plan' | 'nodes'>,
  { guards: shown }: { guards: 'each' | 'sum' },
): StoryLine[] {
  const { action, plan, nodes = [] } = remediation;
  const about = {
    words: wordsOf(action),
    command: commandText(remediation),
    several: nodes.length > 1,
    time: (iso: string) => clockIn(ZONE, iso),
  };
  const planned = planText(plan?.changes);
  return sentencesOf(receipts, about).flatMap(({ guards, ...line }): StoryLine[] =>
    guards ? [line, ...guardLines(line, guards, shown), ...planLines(line, planned)] : [line],
  );
}

/** The words of an action. */
export function wordsOf(action: RemediationAction): ActionWords {
  return action === 'notify' ? { vendorName: 'notify', verified: 'notified' } : traitsOf(action);
}

/** The last line: the final state, and the reason. */
export function endLine({
  state,
  why,
  receipts,
}: Pick<Remediation, 'state' | 'why' | 'receipts'>): StoryLine {
  const { tone } = standingOf(state);
  return { at: receipts.at(-1)?.at ?? '', label: state, text: whyText(why), tone };
}

function guardLines({ at }: Sentence, guards: readonly GuardSentence[], shown: 'each' | 'sum'): StoryLine[] {
  const each = shown === 'each' && guards.length <= MOST_GUARDS_SHOWN;
  return (each ? guards : refusalsIn(guards)).map(({ guard, allowed, text }) => ({
    at,
    label: '',
    text: `${allowed ? '✓' : '✗'} ${guard}: ${text}`,
    tone: allowed ? 'dim' : 'notable',
  }));
}

function planLines({ at }: Sentence, planned: string | undefined): StoryLine[] {
  return planned === undefined ? [] : [{ at, label: 'plan', text: planned, tone: 'plain' }];
}
