import type { ReceivedEvent } from '#lib/journal/list-events';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { counted, listed, sentence } from '#lib/sentences/english';
import { commandText, standingOf, targetsText, whyText } from '#lib/sentences/remediation';
import { timeIn } from '#lib/sentences/time';
import { ago, shortId } from '../screen/words.ts';
import type { Known, Span } from './known.ts';

export type Asking = { nowMs: number; zone: string; span: Span | undefined };

/** The answer to "why?" in a few sentences: its kind, the received alerts, and their outcome. */
export function answerTo(known: Known, asking: Asking): string[] {
  const { node, remediation, events, remediations } = known;
  if (!node && !remediation && events.length === 0 && remediations.length === 0 && !known.before) {
    return unknownTo(known, asking);
  }
  return [
    ...(node && asking.span === undefined ? [nodeSentence(known)] : []),
    ...(remediation ? remediationSentences(remediation, asking) : []),
    ...alertSentences(known, asking),
    // The state of the node has told it.
    ...(remediation || (node?.remediation !== undefined && asking.span === undefined)
      ? []
      : newestSentence(known, asking)),
  ];
}

function unknownTo({ asked }: Known, { span }: Asking): string[] {
  return [
    `Poolkeeper knows nothing about ${asked}${span ? '' : ' from the last 30 days'}: no alert names it, and no remediation is for it.`,
    'If an alert should have named it, its sender has not sent it, or names the node in another way: by its address, or in a label that no rule reads.',
  ];
}

const NODE_WORDS: Readonly<Record<string, string>> = {
  held: 'being worked on',
  out: 'out of service',
  cooldown: 'in its cooldown',
};

function nodeSentence({ node }: Known): string {
  if (!node) return '';
  const { alerts } = node;
  const firing =
    alerts.length === 0
      ? 'No alert with a remediation fires for it.'
      : `${listed(alerts.map(({ name, alert }) => name ?? alert))} ${alerts.length === 1 ? 'fires' : 'fire'} for it.`;
  const state = NODE_WORDS[node.state] ?? node.state;
  return `The node ${node.node} is ${state}${node.why === '' ? '' : `: ${node.why}`}`.replace(
    /\.?$/,
    `. ${firing}`,
  );
}

function remediationSentences(remediation: ShownRemediation, { nowMs }: Asking): string[] {
  const { createdAt, state, why, rule, reason, escalatedTo } = remediation;
  const source = reason?.['source'];
  const from = rule === undefined ? (typeof source === 'string' ? source : 'a command') : `the rule ${rule}`;
  return [
    `${commandText(remediation)} of ${targetsText(remediation)} comes from ${from}, and was accepted ${ago(createdAt, nowMs)}.`,
    `Its state is ${state} (${standingOf(state).text}). ${whyText(why)}`.trim(),
    ...(escalatedTo === undefined ? [] : [`The ladder went on with ${escalatedTo}.`]),
  ];
}

function alertSentences({ events, asked, before, kind }: Known, { nowMs, zone, span }: Asking): string[] {
  const alerts = events.flatMap(({ alerts: all }) => all);
  const when = span
    ? `between ${timeIn(zone, new Date(span.fromMs).toISOString())} and ${timeIn(zone, new Date(span.toMs).toISOString())}`
    : 'in the last 30 days';
  const about = kind === 'remediation' ? 'it' : asked;
  if (alerts.length === 0) {
    const last = before ? ` The last one before that came at ${timeIn(zone, before.at)}.` : '';
    return [`No alert about ${about} came ${when}.${last}`];
  }
  const newest = events[0]?.at ?? '';
  const taken = alerts.filter(({ remediation }) => remediation !== undefined).length;
  const effect =
    taken === 0
      ? 'None of them led to a remediation.'
      : taken === alerts.length
        ? `${alerts.length === 1 ? 'It' : 'Each of them'} led to a remediation.`
        : `${taken} of them led to a remediation.`;
  const reasons = Map.groupBy(
    alerts.filter(({ ignored }) => ignored !== undefined),
    ({ ignored = '' }) => ignored,
  );
  return [
    `${counted(alerts.length, 'alert')} about ${about} came ${when}, the newest ${ago(newest, nowMs)}. ${taken === 0 && alerts.length === 1 ? 'It led to no remediation.' : effect}`,
    ...[...reasons]
      .toSorted(([, a], [, b]) => b.length - a.length)
      .slice(0, 3)
      .map(([why, list]) => `${counted(list.length, 'alert')} had no effect: ${sentence(why)}`),
  ];
}

function newestSentence({ remediations }: Known, { nowMs }: Asking): string[] {
  const [newest] = remediations;
  if (!newest) return ['Poolkeeper has opened no remediation for it.'];
  const { id, state, why, createdAt } = newest;
  return [
    `The newest of ${counted(remediations.length, 'remediation')} is ${shortId(id)}, ${commandText(newest)}, accepted ${ago(createdAt, nowMs)}: ${standingOf(state).text}. ${whyText(why)}`.trim(),
  ];
}

/** One line of the history: its time, its subject, and its sentence. */
export type HistoryLine = { at: string; label: string; text: string; tone: 'plain' | 'dim' | 'notable' };

/** Every alert with its outcome, the oldest first. */
export function receivedLines(events: readonly ReceivedEvent[]): HistoryLine[] {
  return events
    .flatMap(({ at, source, sender, status, why, alerts }): HistoryLine[] => {
      const from = sender === undefined || sender === 'webhook' ? source : `${source} (${sender})`;
      const refused =
        why === undefined
          ? []
          : [
              {
                at,
                label: 'delivery',
                text: `${from}: answered ${status ?? ''}, ${why}`,
                tone: 'notable' as const,
              },
            ];
      return [
        ...refused,
        ...alerts.map((alert): HistoryLine => {
          const name = alert.labels?.['alertname'] ?? alert.alert;
          const outcome =
            alert.remediation === undefined
              ? `no effect: ${alert.ignored ?? 'it is not known why'}`
              : `remediation ${shortId(alert.remediation)}${alert.rule === undefined ? '' : ` by the rule ${alert.rule}`}`;
          const tone = alert.remediation === undefined ? 'notable' : 'plain';
          return {
            at,
            label: alert.status,
            text: `${name} from ${from}: ${outcome}`,
            tone: alert.status === 'resolved' ? 'dim' : tone,
          };
        }),
      ];
    })
    .toReversed();
}
