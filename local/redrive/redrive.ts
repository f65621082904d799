import type { DeadLetter } from '#lib/dead-letters/dead-letter';
import { type Judgement, judgeDeadLetter, type Known } from '#lib/dead-letters/judge';
import type { Screen } from '#local/screen/screen';
import type { DeadLetterSource } from './find-dead-letters.ts';
import { findQueues, type QueuePair, readAll, releaseMessage, sendBack, takeAway } from './queues.ts';
import { showLetter } from './show.ts';

/** The orders of the user. Message ids are those on the screen. */
export type Orders = { send: readonly string[]; sendSafe: boolean; delete: readonly string[] };

type Found = { pair: QueuePair; letter: DeadLetter; known: Known; judgement: Judgement };

/**
 * Shows every dead letter, and carries out the orders.
 *
 * @returns the orders that failed, one sentence each.
 */
export async function redrive(
  { sqs, stage, stateOf }: DeadLetterSource,
  orders: Orders,
  screen: Screen,
): Promise<string[]> {
  const pairs = await findQueues(sqs, stage);
  if (pairs.length === 0)
    return [
      `The stage ${stage} has no queues: check its name, and the account and region of your AWS credentials.`,
    ];
  const all: Found[] = [];
  const done = new Set<Found>();
  const failures: string[] = [];
  try {
    // In parallel, because each reading waits a second for all servers of its queue.
    const read = await Promise.all(pairs.map(async (pair) => ({ pair, letters: await readAll(sqs, pair) })));
    for (const { pair, letters } of read) {
      for (const letter of letters) {
        const known = letter.subject.kind === 'command' ? await stateOf(letter.subject.id) : 'unknown';
        all.push({
          pair,
          letter,
          known,
          judgement: judgeDeadLetter(letter, known, pair.source !== undefined),
        });
      }
    }
    for (const [{ functionName }, found] of Map.groupBy(all, ({ pair }) => pair)) {
      screen.line(screen.paint('strong', `${functionName}: ${found.length}`));
      screen.line();
      for (const { letter, known, judgement } of found) showLetter(screen, letter, known, judgement);
    }
    if (all.length === 0) screen.line('There are no dead letters.');
    failures.push(...misjudged(orders, all));
    for (const found of all) {
      const what = orderFor(found, orders);
      if (!what) continue;
      await (what === 'sent back' ? sendBack : takeAway)(sqs, found.pair, found.letter);
      done.add(found);
      screen.line(`${found.letter.messageId} was ${what}.`);
    }
  } finally {
    for (const pair of pairs) {
      const left = all.filter((found) => found.pair === pair && !done.has(found));
      await releaseMessage(
        sqs,
        pair,
        left.map(({ letter }) => letter),
      );
    }
  }
  return failures;
}

function orderFor(
  { letter: { messageId }, judgement: { verdict } }: Found,
  orders: Orders,
): 'sent back' | 'deleted' | undefined {
  if (orders.delete.includes(messageId)) return 'deleted';
  const isOrdered = orders.send.includes(messageId)
    ? verdict !== 'impossible'
    : orders.sendSafe && verdict === 'safe';
  return isOrdered ? 'sent back' : undefined;
}

/** The impossible orders: the dead letter does not exist, or has no queue to return to. */
function misjudged({ send, delete: remove }: Orders, all: readonly Found[]): string[] {
  const byId = new Map(all.map((found) => [found.letter.messageId, found]));
  const missing = [...send, ...remove]
    .filter((id) => !byId.has(id))
    .map((id) => `There is no dead letter ${id}: check the id in the list above.`);
  const stuck = send
    .filter((id) => byId.get(id)?.judgement.verdict === 'impossible' && !remove.includes(id))
    .map((id) => `${id} cannot be sent back: ${byId.get(id)?.judgement.why}.`);
  return [...missing, ...stuck];
}
