import { isRecord } from '#lib/is-record';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { answerText, callSentence, jobSentence, refusalText, verifySentence } from './calls.ts';
import { counted, ended, listed, sentences } from './english.ts';
import { eventSentence, evidenceSentence } from './events.ts';
import { guardSentence } from './guards.ts';
import { approvalSentence, handoverText, noteText } from './people.ts';
import type { About, Of, Sentence, Tone } from './sentence.ts';

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
