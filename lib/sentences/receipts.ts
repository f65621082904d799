import { isRecord } from '#lib/is-record';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { answerText, callSentence, jobSentence, refusalText, verifySentence } from './calls.ts';
import { counted, ended, fieldOf, listed, sentences, shownValue } from './english.ts';
import { guardSentence } from './guards.ts';
import type { ActionWords, Sentence, Tone } from './sentence.ts';

/** The facts about a remediation that sentences need beside its receipts. */
export type About = {
  words: ActionWords;
  /** The command in a few words (`commandText`). */
  command: string;
  /** Whether it is about several targets: then each verification names its own. */
  several: boolean;
  /** Spells out a time within a sentence. */
  time: (iso: string) => string;
};

/**
 * The sentences of receipts, in their order: one for each, and one for all guards of one evaluation. A receipt of a kind that this version
 * does not know gives its `why`, or all that it holds. Guaranteed for any input that was a receipt in some version: nothing is left out.
 */
export function sentencesOf(receipts: readonly Receipt[], about: About): Sentence[] {
  const said: Sentence[] = [];
  for (let index = 0; index < receipts.length; ) {
    const guards = guardsFrom(receipts, index);
    const receipt = receipts[index];
    if (guards.length > 0) said.push(guardSentence(guards));
    else if (receipt) said.push(sentenceOf(receipt, about));
    index += Math.max(guards.length, 1);
  }
  return said;
}

type Guard = Extract<Receipt, { step: 'guard' }>;

/** The receipts of guards that follow each other from `index` on. */
function guardsFrom(receipts: readonly Receipt[], index: number): Guard[] {
  const guards: Guard[] = [];
  for (const receipt of receipts.slice(index)) {
    if (receipt.step !== 'guard') break;
    guards.push(receipt);
  }
  return guards;
}

function sentenceOf(receipt: Receipt, about: About): Sentence {
  const { at } = receipt;
  const { time } = about;
  const say = (label: string, text: string, tone: Tone = 'plain'): Sentence => ({ at, label, text, tone });
  switch (receipt.step) {
    case 'event':
      return eventSentence(receipt, about);
    case 'decision': {
      const { rule, rung, onResolved, action, mode } = receipt;
      const place =
        onResolved === undefined
          ? rung !== undefined && `, as rung ${rung}`
          : `, as step ${onResolved} after the alert resolved`;
      return say(
        'decision',
        sentences(`The rule ${rule} chose ${action ?? 'an action'}${place || ''}, in mode ${mode}`),
      );
    }
    case 'schedule':
      return say('schedule', sentences(receipt.why), receipt.allowed ? 'plain' : 'notable');
    case 'selection': {
      const { selected, listed: all, part, parts, unreadable } = receipt;
      return say(
        'selection',
        sentences(
          `It selects ${selected} of ${counted(all, 'node')}${part === undefined || parts === undefined ? '' : `, part ${part} of ${parts}`}`,
          unreadable !== undefined && `${counted(unreadable, 'entry', 'entries')} of the list cannot be read`,
        ),
      );
    }
    case 'guard':
      return guardSentence([receipt]);
    case 'defer':
      return deferSentence(receipt, about);
    case 'approval':
      return approvalSentence(receipt);
    case 'intent':
      return say('intent', 'Poolkeeper records the request before it sends it.', 'dim');
    case 'call':
      return callSentence(receipt, about.words);
    case 'answer':
      return say(
        'answer',
        answerText(receipt),
        isRecord(receipt.failed) && Object.keys(receipt.failed).length > 0 ? 'notable' : 'plain',
      );
    case 'job':
      return jobSentence(receipt, time);
    case 'verify':
      return verifySentence(receipt, about.words, about.several);
    case 'deadline':
      return say('deadline', sentences(receipt.why, `Last seen: ${receipt.seen}`), 'bad');
    case 'escalation':
      return receipt.to === undefined
        ? say(
            'next rung',
            sentences(
              receipt.why,
              receipt.from !== undefined && `The rung before: remediation ${receipt.from}`,
            ),
          )
        : say(
            'did not help',
            sentences(
              receipt.why,
              `The ladder goes on with ${receipt.action ?? 'its next rung'}: remediation ${receipt.to}`,
            ),
            'notable',
          );
    case 'handover':
      return say('for a person', handoverText(receipt), 'notable');
    case 'handed-over':
      return say('for a person', sentences(receipt.why), 'notable');
    case 'redrive':
      return say(
        'came again',
        receipt.by === undefined
          ? 'Its command came again after it had gone to a person.'
          : sentences(`Its command had gone to a person, and ${receipt.by} sent it back`),
      );
    case 'judged-again':
      return say(
        'judged again',
        sentences(`Its alert still fires, so its guards were asked again, time ${receipt.times}`),
      );
    case 'still-firing': {
      const { alerts = [], seenAt, succeededAt, within } = receipt;
      const fire =
        alerts.length === 1 ? 'Its alert still fired' : `${counted(alerts.length, 'alert')} still fired`;
      const text = `${fire} at ${time(seenAt)}, after the success at ${time(succeededAt)}. Alerts have ${within} to resolve`;
      return say('still firing', sentences(text), 'notable');
    }
    case 'evidence':
      return evidenceSentence(receipt, time);
    case 'notice':
      return say(
        'notice sent',
        receipt.severity === undefined
          ? 'A notice was sent to people.'
          : `A notice with severity ${receipt.severity} was sent to people.`,
      );
    case 'whole':
      return say(
        'whole supernode',
        sentences(
          'The supernode moves as a whole',
          receipt.nodes && `These nodes move with it: ${listed(receipt.nodes)}`,
        ),
      );
    case 'joined':
      return say('joined', sentences(`Remediation ${receipt.to} moves the node together with its supernode`));
    case 'sweep':
      return say('sweep', sentences(receipt.why), receipt.gaveUp === true ? 'bad' : 'notable');
    case 'release':
      return say(
        'released',
        [ended(receipt.why), sentences(noteText(receipt.note))].filter(Boolean).join(' '),
      );
    case 'withdrawn': {
      const { by, note } = receipt;
      return say('withdrawn', sentences(`The command was taken back by ${by}`, noteText(note)), 'notable');
    }
    case 'omitted':
      return say('left out', sentences(receipt.why), 'dim');
    default:
      return unknownSentence(receipt);
  }
}

/** A receipt of another version. */
function unknownSentence(receipt: never): Sentence {
  const { at: when, step, why, ...rest } = Object.fromEntries(Object.entries<unknown>(receipt));
  const text = typeof why === 'string' && why !== '' ? sentences(why) : JSON.stringify(rest);
  return { at: String(when), label: String(step), text, tone: 'plain' };
}

type Of<Step extends Receipt['step']> = Extract<Receipt, { step: Step }>;

function eventSentence(receipt: Of<'event'>, { time, command }: About): Sentence {
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

function deferSentence(receipt: Of<'defer'>, { time }: About): Sentence {
  const { at, until, why, behind, gaveUp, busy, throttled } = receipt;
  if (gaveUp === true)
    return { at, label: 'given up', text: sentences(why ?? refusalText(receipt)), tone: 'bad' };
  const cause =
    throttled === true
      ? 'The API asked for fewer requests'
      : busy === true && 'The API was busy with another request for the pool';
  const text = sentences(
    why ?? refusalText(receipt),
    why === undefined && cause,
    behind !== undefined && `Remediation ${behind} goes first`,
    until !== undefined && `Poolkeeper checks it again by ${time(until)}`,
  );
  return { at, label: 'deferred', text, tone: 'notable' };
}

function approvalSentence(receipt: Of<'approval'>): Sentence {
  const { at, decision, by = 'somebody', note, why, hash, approved, plan } = receipt;
  const say = (text: string, tone: Tone): Sentence => ({ at, label: decision, text, tone });
  switch (decision) {
    case 'approved':
      return say(sentences(`The plan ${hash ?? ''} has the approval of ${by}`, noteText(note)), 'good');
    case 'seconded':
      return say(sentences(`The plan has the approval of ${by}, too`, noteText(note)), 'good');
    case 'rejected':
      return say(sentences(`The plan was rejected by ${by}`, noteText(note), why), 'notable');
    case 'expired':
      return say(sentences(why ?? 'The time for a decision is over'), 'notable');
    case 'void':
      return say(
        sentences(
          `The plan has changed since its approval, from ${approved ?? 'none'} to ${plan ?? 'none'}: the approval no longer holds`,
        ),
        'notable',
      );
  }
}

function noteText(note: string | undefined): string | undefined {
  return note === undefined ? undefined : `Their note: “${note}”`;
}

function evidenceSentence(
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

function handoverText({ rungs, shows, lookAt }: Of<'handover'>): string {
  const tried = rungs.map((rung, index) => {
    const number = fieldOf(rung, 'rung') ?? index + 1;
    return `${shownValue(number)}. ${shownValue(fieldOf(rung, 'action'))}: ${shownValue(fieldOf(rung, 'result'))}`;
  });
  return sentences(
    tried.length > 0 && `Tried: ${tried.join('; ')}`,
    shows,
    lookAt.length > 0 && `Look at ${lookAt.join(', ')}`,
  );
}
