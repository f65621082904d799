import { counted, fieldOf, listed, sentences, shownValue } from './english.ts';
import type { About, Of, Sentence } from './sentence.ts';

/** How a remediation began: with an alert, a time of the calendar, a tag policy or a command. */
export function eventSentence(receipt: Of<'event'>, { time, command }: About): Sentence {
  const { at, source, by, policies, schedule, scheduledAt, fingerprint, startsAt, status, reopened, alerts } =
    receipt;
  const say = (label: string, text: string): Sentence => ({ at, label, text, tone: 'plain' });
  if (status === 'resolved')
    return say(
      'alert resolved',
      sentences(`The alert ${fingerprint ?? 'behind it'} resolved at ${time(receipt.resolvedAt ?? at)}`),
    );
  if (fingerprint !== undefined)
    return say(
      'alert accepted',
      sentences(
        `The source ${shownValue(source)} reported ${alertName(receipt.labels)}${startsAt === undefined ? '' : `, firing since ${time(startsAt)}`}`,
        reopened !== undefined && `It fires again: it has come back ${counted(reopened, 'time')}`,
        alerts !== undefined && alerts > 1 && `${counted(alerts - 1, 'more alert')} ask for the same`,
      ),
    );
  if (schedule !== undefined)
    return say(
      'schedule fired',
      sentences(`The schedule ${schedule} gave the command ${command}, due at ${time(scheduledAt ?? at)}`),
    );
  if (policies)
    return say(
      'tag policy read',
      sentences(
        `The command ${command} follows from ${policies.length === 1 ? 'the tag policy' : 'the tag policies'} ${listed(policies)}`,
      ),
    );
  const from = shownValue(source ?? 'unknown');
  return say(
    'command accepted',
    sentences(
      by === undefined
        ? `The command ${command} came over the queue, from the source ${from}`
        : `The command ${command} came from ${by}, with the source ${from}`,
    ),
  );
}

function alertName(labels: unknown): string {
  const name = fieldOf(labels, 'alertname');
  return typeof name === 'string' ? name : 'an alert without a name';
}

/** The later fate of an alert: it resolved, or its sender lost sight of it. */
export function evidenceSentence(
  { at, alert, status, resolvedAt, why }: Of<'evidence'>,
  time: About['time'],
): Sentence {
  return status === 'lost'
    ? {
        at,
        label: 'alert lost',
        text: sentences(`The sender lost sight of the alert ${alert}`, why),
        tone: 'notable',
      }
    : {
        at,
        label: 'alert resolved',
        text: sentences(`The alert ${alert} resolved at ${time(resolvedAt)}`),
        tone: 'plain',
      };
}
