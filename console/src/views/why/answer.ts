import { sentence } from '../../sentences.ts';
import { relativeTo } from '../../text/time.ts';
import { counted, nodeWords, stateWords, titleOf } from '../../text/words.ts';
import type { Delivery, NodeDetail, Remediation } from '../../types.ts';

/** All that the API knows of the thing that a person asks about. */
export type Known = {
  asked: string;
  node: NodeDetail | undefined;
  remediation: Remediation | undefined;
  events: readonly Delivery[];
  remediations: readonly Remediation[];
};

/** The answer in sentences: what it is, what was received, what Poolkeeper decided, and what it did. */
export function answerTo(known: Known, nowMs: number): string[] {
  const { asked, node, remediation, events, remediations } = known;
  const answer = [
    ...(node ? nodeSentences(node) : []),
    ...(remediation ? remediationSentences(remediation, nowMs) : []),
    ...eventSentences(known, nowMs),
    ...(remediation ? [] : newestSentences(remediations, nowMs)),
  ];
  if (node || remediation || events.length > 0 || remediations.length > 0) return answer;
  return [
    `Poolkeeper knows nothing of ${asked}.`,
    'No alert of the last 30 days names it, and no remediation is for it. If an alert should have named it, its sender has not sent it, or names the node in another way.',
  ];
}

function nodeSentences({ node, state, why, alerts = [] }: NodeDetail): string[] {
  const firing =
    alerts.length === 0
      ? 'No alert fires for it.'
      : `${counted(alerts.length, 'alert')} ${alerts.length === 1 ? 'fires' : 'fire'} for it.`;
  return [
    `The node ${node} is ${nodeWords(state).word}${why === undefined ? '' : `: ${why}`}. ${firing}`.replace(
      '..',
      '.',
    ),
  ];
}

function remediationSentences(remediation: Remediation, nowMs: number): string[] {
  const { createdAt, state, why, rule, escalatedTo } = remediation;
  const from = rule === undefined ? 'a command' : `the rule ${rule}`;
  const { word, means } = stateWords(state);
  return [
    `“${titleOf(remediation)}” comes from ${from}, and was accepted ${relativeTo(createdAt, nowMs)}.`,
    `Its state is “${word}”: ${sentence(why ?? means)}`,
    ...(escalatedTo === undefined ? [] : [`The ladder went on with the remediation ${escalatedTo}.`]),
  ];
}

function eventSentences({ events, asked, node }: Known, nowMs: number): string[] {
  const lines = events.flatMap(({ at, alerts = [] }) => alerts.map((alert) => ({ at, alert })));
  const [newest] = lines;
  if (!newest) return node ? ['No alert of the last 30 days names it.'] : [];
  const ignored = lines.filter(({ alert }) => alert.ignored !== undefined);
  const taken = lines.filter(({ alert }) => alert.remediation !== undefined);
  const name = newest.alert.labels?.['alertname'];
  const about = name === undefined ? '' : ` (${name})`;
  const received = `${counted(lines.length, 'alert')} about ${asked} came in the last 30 days, the newest${about} ${relativeTo(newest.at, nowMs)}.`;
  const effect =
    taken.length === 0
      ? 'None of them led to a remediation.'
      : `${taken.length === lines.length ? (lines.length === 1 ? 'It' : 'All of them') : `${taken.length} of them`} led to a remediation.`;
  const reasons = [...Map.groupBy(ignored, ({ alert }) => alert.ignored ?? '')].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  const without = reasons
    .slice(0, 3)
    .map(([why, list]) => `${counted(list.length, 'alert')} had no effect: ${sentence(why)}`);
  return [`${received} ${effect}`, ...without];
}

function newestSentences(remediations: readonly Remediation[], nowMs: number): string[] {
  const [newest] = remediations;
  if (!newest) return ['Poolkeeper has opened no remediation for it.'];
  const { state, why, createdAt } = newest;
  const { word, means } = stateWords(state);
  return [
    `The newest of ${counted(remediations.length, 'remediation')} is “${titleOf(newest)}”, accepted ${relativeTo(createdAt, nowMs)}. Its state is “${word}”: ${sentence(why ?? means)}`,
  ];
}
