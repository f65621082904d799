import * as z from 'zod';
import { traitsOf } from '#lib/actions/traits';
import type { Receipt, Remediation } from '#local/client/ledger';
import type { Tone } from '#local/screen/screen';
import { commandText } from './command-text.ts';
import { guardLines } from './guard-lines.ts';
import { planText } from './plan-text.ts';
import { field, whyOf } from './receipt-fields.ts';
import type { StoryLine } from './story-line.ts';

const endTones: Partial<Record<Remediation['state'], Tone>> = {
  succeeded: 'good',
  failed: 'bad',
  escalated: 'notable',
  'needs-human': 'bad',
};

/**
 * The story of receipts, in their order: one line for each, and one summary for the guards of one evaluation. An unknown step shows
 * its `why`, or all of its content.
 *
 * @param guards whether to show each guard with its numbers. A refusal always shows.
 */
export function receiptLines(
  receipts: readonly Receipt[],
  remediation: Pick<Remediation, 'action' | 'parameters' | 'plan'>,
  { guards }: { guards: 'each' | 'sum' },
): StoryLine[] {
  const lines: StoryLine[] = [];
  for (let index = 0; index < receipts.length; ) {
    const rest = receipts.slice(index);
    const [receipt] = rest;
    if (!receipt) break;
    if (receipt.step === 'guard') {
      const end = rest.findIndex(({ step }) => step !== 'guard');
      const together = rest.slice(0, end === -1 ? undefined : end);
      lines.push(...guardLines(receipt.at, together, guards));
      const plan = planText(remediation.plan?.changes);
      if (plan !== undefined) lines.push({ at: receipt.at, label: 'plan', text: plan, tone: 'plain' });
      index += together.length;
    } else {
      lines.push(receiptLine(receipt, remediation));
      index += 1;
    }
  }
  return lines;
}

/** The last line: the final state, and the reason. */
export function endLine({ state, why = '', receipts }: Remediation): StoryLine {
  return { at: receipts.at(-1)?.at ?? '', label: state, text: why, tone: endTones[state] ?? 'notable' };
}

function receiptLine(receipt: Receipt, remediation: Pick<Remediation, 'action' | 'parameters'>): StoryLine {
  const { action } = remediation;
  const { at, step } = receipt;
  const say = (label: string, text: string, tone: Tone = 'plain'): StoryLine => ({ at, label, text, tone });
  const { vendorName, verified } =
    action === 'notify' ? { vendorName: 'notify', verified: 'notified' } : traitsOf(action);
  switch (step) {
    case 'event':
      if (receipt['status'] === 'resolved')
        return say('alert resolved', `at ${field(receipt, 'resolvedAt')}`);
      return receipt['fingerprint'] === undefined
        ? say('command accepted', `${commandText(remediation)}, from ${field(receipt, 'source')}`)
        : say('alert accepted', alertName(receipt));
    case 'selection':
      return say('selection', selectionText(receipt));
    case 'decision':
      return say(
        'decision',
        `rule ${field(receipt, 'rule')} demands ${field(receipt, 'action')}, mode ${field(receipt, 'mode')}`,
      );
    case 'intent':
      return say('intent', 'recorded in the ledger before the request is sent');
    case 'call':
      if (receipt['outcome'] === 'accepted') return say(`${vendorName} sent`, howOften(receipt));
      if (receipt['outcome'] === 'unknown')
        return say(`${vendorName} sent`, `once, but the answer was lost: ${whyOf(receipt)}`, 'notable');
      return say('refused', `${vendorName}: ${whyOf(receipt)}`, 'bad');
    case 'job':
      return jobLine(receipt, say);
    case 'verify':
      if (receipt['state'] === 'succeeded') return say(verified, whyOf(receipt), 'good');
      return say('verification', whyOf(receipt), receipt['state'] === 'failed' ? 'bad' : 'plain');
    case 'defer':
      return say('deferred', `until ${field(receipt, 'until')}: ${whyOf(receipt)}`, 'notable');
    case 'answer':
      return answerLine(receipt, say);
    case 'approval':
      return say('approval', `${field(receipt, 'decision')} by ${field(receipt, 'by')}`);
    case 'escalation':
      return receipt['to'] === undefined
        ? say('next rung', whyOf(receipt))
        : say('did not help', whyOf(receipt), 'notable');
    case 'notice':
      return say('notice sent', receipt['severity'] === undefined ? '' : field(receipt, 'severity'));
    case 'handover':
      return say('for a person', handoverText(receipt), 'notable');
    case 'evidence':
      return say('alert resolved', `at ${field(receipt, 'resolvedAt')}`);
    default:
      return say(step, whyOf(receipt), step === 'deadline' ? 'bad' : 'plain');
  }
}

type Say = (label: string, text: string, tone?: Tone) => StoryLine;

function jobLine(receipt: Receipt, say: Say): StoryLine {
  switch (receipt['phase']) {
    case 'submitted':
      return say('job', field(receipt, 'jobId'));
    case 'running':
      return say('job runs', 'as poll-jobs sees it', 'dim');
    case 'succeeded':
      return say('job succeeded', 'the node’s own state decides');
    case 'failed':
      return say('job failed', whyOf(receipt), 'bad');
    default:
      return say(`job ${field(receipt, 'phase')}`, whyOf(receipt), 'notable');
  }
}

/** The API's answer for each node. */
function answerLine(receipt: Receipt, say: Say): StoryLine {
  const { success, data } = Answer.safeParse(receipt);
  if (!success) return say('answer', whyOf(receipt));
  const failed = Object.entries(data.failed);
  if (failed.length === 0) return say('answer', `success for ${counted(data.succeeded)}`);
  const reasons = failed.map(
    ([node, why]) => `${node}: ${typeof why === 'string' ? why : JSON.stringify(why)}`,
  );
  return say('answer', `success for ${counted(data.succeeded)}; ${reasons.join('; ')}`, 'notable');
}

const Answer = z.looseObject({ succeeded: z.number(), failed: z.record(z.string(), z.unknown()) });

function counted(nodes: number): string {
  return nodes === 1 ? '1 node' : `${nodes} nodes`;
}

/** How many of the listed nodes a schedule has selected. */
function selectionText(receipt: Receipt): string {
  const { part, unreadable } = receipt;
  return [
    `${field(receipt, 'selected')} of ${field(receipt, 'listed')} nodes`,
    ...(part === undefined ? [] : [`part ${field(receipt, 'part')} of ${field(receipt, 'parts')}`]),
    ...(unreadable === undefined ? [] : [`${field(receipt, 'unreadable')} unreadable`]),
  ].join(', ');
}

/** The attempts, and the objects that a person should check. */
function handoverText(receipt: Receipt): string {
  const { success, data } = Handover.safeParse(receipt);
  if (!success) return whyOf(receipt);
  const tried = data.rungs.map(({ rung, action, result }) => `${rung}. ${action}: ${result}`);
  return `tried ${tried.join('; ')}. Check ${data.lookAt.join(', ')}`;
}

const Handover = z.looseObject({
  rungs: z.array(z.looseObject({ rung: z.number(), action: z.string(), result: z.string() })),
  lookAt: z.array(z.string()),
});

function howOften({ joined }: Receipt): string {
  return typeof joined === 'number' && joined > 1 ? `one call for ${joined} remediations` : 'once';
}

const NamedAlert = z.looseObject({
  labels: z.looseObject({ alertname: z.string() }),
  alerts: z.number().optional(),
});

/** The alert's name, and the number of other alerts for the same remediation. */
function alertName(receipt: Receipt): string {
  const { success, data } = NamedAlert.safeParse(receipt);
  if (!success) return 'without a name';
  return data.alerts === undefined
    ? data.labels.alertname
    : `${data.labels.alertname} and ${data.alerts - 1} more`;
}
