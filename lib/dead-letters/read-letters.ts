import type { Queue } from '#lib/aws/queue';
import type { ReadableQueue } from '#lib/aws/readable-queue';
import { type DeadLetter, readDeadLetter } from './dead-letter.ts';

/** The dead letters of a function, and the queue of the function, if it has one. */
export type DeadLetterQueue = { functionName: string; letters: ReadableQueue; source?: Queue };

/** How long SQS hides letters from other readers. After that they are visible again, even if the reader died. */
const HIDE_SECONDS = 20;

/** Limit of the letters of one queue in a list. */
const MAX_LISTED = 300;

/** Limit of the letters of one queue that are searched for a single one. */
const MAX_SEARCHED = 3_000;

/** The time to release what was read. */
const SPARE_MS = 2_000;

/**
 * The letters of a queue, in the order in which SQS hands them over. `hidden`: about how many others are missing here, because
 * another reader has them at this moment. `isCut`: there may be more.
 */
export type ReadLetters<Letter> = { letters: Letter[]; hidden: number; isCut: boolean };

/**
 * Reads the letters of a queue, and releases them, so that other readers see them again at once.
 *
 * @param keep the part of a letter to keep; a letter may have a mebibyte.
 * @param deadlineMs by then everything is released, epoch milliseconds.
 */
export async function readLetters<Letter>(
  queue: DeadLetterQueue,
  keep: (letter: DeadLetter) => Letter,
  now: () => number,
  deadlineMs: number,
): Promise<ReadLetters<Letter>> {
  const found = new Map<string, Letter>();
  const { hidden, isCut } = await receiveLetters(queue, { most: MAX_LISTED, now, deadlineMs }, (letter) => {
    found.set(letter.messageId, keep(letter));
    return 'next';
  });
  return { letters: [...found.values()], hidden, isCut };
}

/** A letter that is hidden from others until its reader removes it or releases it. */
export type HeldLetter = { queue: DeadLetterQueue; letter: DeadLetter };

/**
 * Finds one letter in some queues, and holds it. The others are released at once.
 *
 * @returns the letter; without it, about how many letters another reader has at this moment: it may be one of
 * them. `isCut`: there are more letters than were searched.
 */
export async function holdLetter(
  queues: readonly DeadLetterQueue[],
  messageId: string,
  now: () => number,
  deadlineMs: number,
): Promise<{ held: HeldLetter } | { held: undefined; hidden: number; isCut: boolean }> {
  let held: HeldLetter | undefined;
  const all = await Promise.all(
    queues.map((queue) =>
      receiveLetters(queue, { most: MAX_SEARCHED, now, deadlineMs }, (letter) => {
        if (held) return 'end';
        if (letter.messageId !== messageId) return 'next';
        held = { queue, letter };
        return 'hold';
      }),
    ),
  );
  if (held) return { held };
  // Counted afterwards, because another reader may have come in between.
  const counts = await Promise.all(queues.map(({ letters }) => letters.count()));
  const hidden = counts.reduce((sum, count) => sum + count.hidden, 0);
  return { held, hidden, isCut: all.some(({ isCut }) => isCut) };
}

/**
 * Receives the letters of a queue, one after another, until there are no more. It releases each that `look` does not hold.
 *
 * @param look `hold` and `end` end the reading.
 */
async function receiveLetters(
  { functionName, letters }: DeadLetterQueue,
  { most, now, deadlineMs }: { most: number; now: () => number; deadlineMs: number },
  look: (letter: DeadLetter) => 'next' | 'hold' | 'end',
): Promise<{ hidden: number; isCut: boolean }> {
  const { visible, hidden } = await letters.count();
  const handles = new Map<string, string>();
  let received = 0;
  try {
    for (;;) {
      if (received >= most || now() + SPARE_MS > deadlineMs) return { hidden, isCut: true };
      // SQS asks all of its servers only if it waits. If it says that there is more, it is worth the second.
      const waitSeconds = received < visible ? 1 : 0;
      const messages = await letters.receive({ hideSeconds: HIDE_SECONDS, waitSeconds });
      if (messages.length === 0) return { hidden, isCut: false };
      for (const { messageId, receiptHandle } of messages) handles.set(messageId, receiptHandle);
      received += messages.length;
      for (const message of messages) {
        const next = look(readDeadLetter(functionName, message));
        if (next === 'hold') handles.delete(message.messageId);
        if (next !== 'next') return { hidden, isCut: false };
      }
    }
  } finally {
    await letters.release([...handles.values()]);
  }
}
