import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { counted } from './english.ts';
import { refusalsIn } from './guards.ts';
import { deletionOf, planText } from './plan-text.ts';
import { sentencesOf } from './receipts.ts';
import { commandText, headline, standingOf, targetsText, whyText } from './remediation.ts';
import type { ActionWords, Sentence } from './sentence.ts';
import { clockIn, spanText, timeIn } from './time.ts';

/** A remediation as a short report. */
export type Report = {
  title: string;
  /** The state and its reason, in one or two sentences. */
  outcome: string;
  /** Names with their texts, in the order of reading. */
  facts: readonly { name: string; text: string }[];
  /** The events, one sentence each, in order. */
  story: readonly Sentence[];
};

export type ReportOptions = {
  poolName: string;
  /** An IANA time zone: every time is given in it, with its offset. */
  zone: string;
  words: ActionWords;
};

/** The report of a remediation for a person: its cause, the checks, the request, and the outcome. */
export function reportOf(remediation: ShownRemediation, { poolName, zone, words }: ReportOptions): Report {
  const { state, why, receipts, createdAt, updatedAt, nodes = [] } = remediation;
  const about = {
    words,
    command: commandText(remediation),
    several: nodes.length > 1,
    time: (iso: string) => timeIn(zone, iso),
  };
  const took = Date.parse(updatedAt) - Date.parse(createdAt);
  const standing = standingOf(state).text;
  return {
    title: headline(remediation, poolName),
    outcome: [`It ${isAdjective(standing) ? 'is ' : ''}${standing}.`, whyText(why)].filter(Boolean).join(' '),
    facts: [
      { name: 'Remediation', text: remediation.id },
      { name: 'Action', text: commandText(remediation) },
      { name: 'Target', text: `${targetsText(remediation, 20)} in pool ${poolName}` },
      { name: 'Asked by', text: askedBy(remediation) },
      { name: 'Accepted', text: timeIn(zone, createdAt) },
      { name: 'Last change', text: `${timeIn(zone, updatedAt)}, ${spanText(took)} later` },
      ...planFacts(remediation),
      ...(remediation.jobId === undefined ? [] : [{ name: 'Job', text: remediation.jobId }]),
    ],
    story: sentencesOf(receipts, about),
  };
}

/** The same as Markdown, to paste into an incident review. Foreign text keeps its meaning: its control characters must be escaped before. */
export function reportText(report: Report, zone: string): string {
  const { title, outcome, facts, story } = report;
  return [
    `## ${title}`,
    '',
    outcome,
    '',
    ...facts.map(({ name, text }) => `- ${name}: ${text}`),
    '',
    ...story.flatMap(({ at, text, guards = [] }) => [
      `- ${clockIn(zone, at)} ${text}`,
      ...refusalsIn(guards).map((refusal) => `  - ${refusal.guard}: ${refusal.text}`),
    ]),
    '',
  ].join('\n');
}

/** States whose plain words need a verb before them. */
function isAdjective(standing: string): boolean {
  return /^(?:only|not|being|in|done|rejected)\b/.test(standing);
}

function askedBy({ rule, reason, alerts }: ShownRemediation): string {
  const source = reason?.['source'];
  const from = typeof source === 'string' ? source : 'a command';
  const number = alerts.length > 0 ? `, ${counted(alerts.length, 'alert')}` : '';
  return rule === undefined ? from : `rule ${rule} (${from}${number})`;
}

function planFacts({ plan }: ShownRemediation): Report['facts'] {
  const text = planText(plan?.changes);
  if (plan === undefined || text === undefined) return [];
  const deletion = deletionOf(plan.changes);
  return [
    { name: 'Plan', text },
    ...(deletion ? [{ name: 'Nodes to delete', text: deletion.nodes.join(', ') }] : []),
  ];
}
