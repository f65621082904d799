import type { Run } from '../../run.ts';
import type { Subscribed } from '../../scenario/actors/subscribers.ts';
import { clock, rulesOf } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** A message of this age may be a copy. */
const TOO_OLD_MS = 3_600_000;

/** Whether SMN itself said so of a topic that the rules file allows, and not too long ago. */
function isSound({ input: { topic, wrong, says }, madeAtMs, sentAtMs }: Subscribed): boolean {
  // The address in the end of a subscription is never asked for, so any host will do.
  const isChanged = wrong === 'forged' || (wrong === 'foreign' && says === 'SubscriptionConfirmation');
  return topic !== 'strange' && !isChanged && sentAtMs - madeAtMs <= TOO_OLD_MS;
}

/** The answers that a message about a subscription may get. The console may refuse a confirmation for good. */
function expected({ correspondence: { visited } }: Run, one: Subscribed): number[] {
  if (one.input.topic === 'strange') return [403];
  if (!isSound(one)) return [401];
  const { url, sentAtMs, answeredAtMs = Number.POSITIVE_INFINITY } = one;
  const isRefused = visited.some(
    (visit) =>
      visit.url === url && visit.answer === 'refused' && visit.atMs >= sentAtMs && visit.atMs <= answeredAtMs,
  );
  return isRefused ? [202, 400] : [202];
}

/** Every message about a subscription is answered as it deserves, and in the end always. */
export function* subscriptionAnswered(run: Run): Iterable<Finding> {
  for (const one of run.correspondence.subscribed) {
    const { input, httpStatus, sentAtMs } = one;
    const right = expected(run, one);
    if (httpStatus !== undefined && right.includes(httpStatus)) continue;
    yield {
      what: `${input.id} (${input.says} of ${input.topic}, ${input.wrong ?? 'sound'}) of ${clock(sentAtMs)} was ${httpStatus === undefined ? 'never answered' : `answered ${httpStatus}`}, and not ${right.join(' or ')}`,
      atMs: sentAtMs,
    };
  }
}

/** No address is asked for but that of a sound confirmation, and not again after it was answered that it is confirmed. */
export function* onlySoundIsConfirmed(run: Run): Iterable<Finding> {
  for (const { url, atMs } of run.correspondence.visited) {
    const sound = run.correspondence.subscribed.filter(
      (one) =>
        one.url === url &&
        one.input.says === 'SubscriptionConfirmation' &&
        one.sentAtMs <= atMs &&
        isSound(one),
    );
    if (sound.length === 0)
      yield { what: `${url} was asked for at ${clock(atMs)}, which no sound message names`, atMs };
    const earlier = sound.find(
      ({ answeredAtMs = Number.POSITIVE_INFINITY, httpStatus }) => httpStatus === 202 && answeredAtMs < atMs,
    );
    // Copies at the same moment may both confirm, and so may a process whose answer came too late.
    const inFlight = sound.filter(({ answeredAtMs = Number.POSITIVE_INFINITY }) => answeredAtMs >= atMs);
    const areAllLater = inFlight.every(({ sentAtMs }) => earlier && sentAtMs > earlier.answeredAtMs!);
    if (earlier && inFlight.length > 0 && areAllLater)
      yield {
        what: `${url} was asked for once more at ${clock(atMs)}, after ${clock(earlier.answeredAtMs!)} had said that it is confirmed`,
        atMs,
      };
  }
}

/** A message that was taken had its effect: the topic is confirmed, or people hear that it has ended; and the journal has it. */
export function* subscriptionHasEffect(run: Run): Iterable<Finding> {
  const taken = run.correspondence.subscribed.filter(({ httpStatus }) => httpStatus === 202);
  for (const { input, url, madeAtMs, sentAtMs, by } of taken) {
    const where = `${input.id} (${input.says}) of ${clock(sentAtMs)} was taken`;
    const copies = taken.filter((one) => one.input === input);
    const word = input.says === 'SubscriptionConfirmation' ? 'is confirmed' : 'has ended';
    const isNoted = run.writes.some(
      ({ document, atMs }) =>
        document.pk.startsWith('deliveries#') &&
        String((document['value'] as any).why).includes(word) &&
        copies.some((copy) => copy.sentAtMs <= atMs && atMs <= copy.answeredAtMs!),
    );
    if (!isNoted) yield { what: `${where}, and the journal does not say that it ${word}`, atMs: sentAtMs };
    if (input.says === 'SubscriptionConfirmation') {
      const isConfirmed = run.correspondence.visited.some(
        (one) => one.url === url && one.answer === 'answer',
      );
      if (!isConfirmed) yield { what: `${where}, and the console never confirmed it`, atMs: sentAtMs };
      continue;
    }
    for (const target of rulesOf(run, { by: by ?? '' }).notify) {
      const to = 'url' in target ? new URL(target.url ?? '').href : '';
      const isTold = run.deployment.told.some(
        ({ url: told, taken: isTaken, body }) =>
          isTaken &&
          told === to &&
          body.incident === 'subscription-ended' &&
          Date.parse(body.at!) === madeAtMs,
      );
      const letters = run.deployment.deadLetters.get('notify')!.messages();
      if (
        target.when.includes('needs-human') &&
        !isTold &&
        !letters.some(({ body }) => body.includes('subscription-ended'))
      )
        yield { what: `${where}, and ${to} never heard of it`, atMs: sentAtMs };
    }
  }
}

/** No recipient hears of the end of a subscription that SMN has not announced. */
export function* endsAreTrue(run: Run): Iterable<Finding> {
  for (const { body, atMs } of run.deployment.told) {
    if (body.incident !== 'subscription-ended') continue;
    const said = run.correspondence.subscribed.some(
      (one) =>
        one.input.says === 'UnsubscribeConfirmation' && one.madeAtMs === Date.parse(body.at!) && isSound(one),
    );
    if (!said)
      yield { what: `a recipient heard at ${clock(atMs)} of the end of a subscription of ${body.at}`, atMs };
  }
}

/** The promises about subscriptions to topics of SMN. */
export const subscriptionOracles: Record<string, (run: Run) => Iterable<Finding>> = {
  'a message about a subscription is answered as it deserves': subscriptionAnswered,
  'only a sound subscription is confirmed, and once': onlySoundIsConfirmed,
  'a message about a subscription has its effect': subscriptionHasEffect,
  'the end of a subscription is true': endsAreTrue,
};
