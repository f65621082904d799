import * as z from 'zod';
import { excerpt } from '#lib/bounds';
import type { Clock } from '#lib/clock';
import type { Invocation } from '#lib/handler/invocation';
import { Cursor, decodeCursor, encodeCursor } from '#lib/ledger/listing/cursor';
import { readMany } from '#lib/ledger/read-many';
import { remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import type { RemediationState } from '#lib/rules/state';
import type { DeadLetter } from './dead-letter.ts';
import { adviceOn, type Judgement, judgeDeadLetter, type Known } from './judge.ts';
import { type DeadLetterQueue, readLetters } from './read-letters.ts';

export type DeadLetterServices = { store: Store; clock: Clock; deadLetterQueues: readonly DeadLetterQueue[] };

/** The filters of the list of dead letters. */
export const DeadLettersQuery = z.strictObject({
  /** Only those of this function. */
  function: z.string().min(1).max(64).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** `next` of the page before. */
  cursor: Cursor.optional(),
});
export type DeadLettersQuery = z.output<typeof DeadLettersQuery>;

/** A dead letter as people see it. */
export type ShownDeadLetter = {
  /** The id of the message: the same at each reading. */
  id: string;
  function: string;
  /** When it became a dead letter, as far as that is known. */
  at: string;
  sentAt?: string;
  /** Its content, in words. */
  what: string;
  reason?: string;
  /** How often its function had it. */
  receives?: number;
  errors: { at?: string; text: string }[];
  /** The remediation of its command, and its state: `absent` if the ledger does not have it, `unknown` if it cannot be read. */
  remediation?: string;
  state?: RemediationState | 'absent' | 'unknown';
  advice: string;
  worthRedriving: boolean;
  /** Whether it can be sent back at all. */
  canRedrive: boolean;
};

/** The longest text of a letter that is shown. The letter itself has all of it. */
const MAX_TEXT = 1_000;

/**
 * A page of the dead letters of all functions, newest first. A queue of SQS has no pages: each page reads it anew, so a letter that
 * leaves it in between is missing in the next page, and no letter comes twice.
 *
 * @returns `hidden`: about how many letters are missing because another reader has them at this moment. `more`: the functions that have
 * more letters than are read.
 */
export async function deadLettersPage(
  { function: only, limit, cursor }: DeadLettersQuery,
  { store, clock, deadLetterQueues }: DeadLetterServices,
  { deadlineMs }: Pick<Invocation, 'deadlineMs'>,
): Promise<{ deadLetters: ShownDeadLetter[]; next?: string; hidden?: number; more?: string[] }> {
  const queues = deadLetterQueues.filter(({ functionName }) => only === undefined || functionName === only);
  const all = await Promise.all(
    queues.map(async (queue) => ({
      name: queue.functionName,
      hasQueue: queue.source !== undefined,
      ...(await readLetters(queue, withoutBody, () => clock.now(), deadlineMs)),
    })),
  );
  const before = cursor === undefined ? undefined : decodeCursor(cursor);
  const left = all
    .flatMap(({ letters, hasQueue }) => letters.map((letter) => ({ letter, hasQueue, key: sortKey(letter) })))
    .filter(({ key }) => before === undefined || key < before)
    .toSorted((a, b) => (a.key < b.key ? 1 : -1));
  const page = left.slice(0, limit);
  const known = await knownOf(
    page.map(({ letter }) => letter),
    store,
  );
  const hidden = all.reduce((sum, one) => sum + one.hidden, 0);
  const more = all.flatMap(({ name, isCut }) => (isCut ? [name] : []));
  const last = page.at(-1);
  return {
    deadLetters: page.map(({ letter, hasQueue }) => show(letter, known, hasQueue)),
    ...(last && left.length > page.length && { next: encodeCursor(last.key) }),
    ...(hidden > 0 && { hidden }),
    ...(more.length > 0 && { more }),
  };
}

/** The judgement of a letter, by the state of its remediation at this moment. */
export async function judged(
  letter: Pick<DeadLetter, 'subject' | 'cause' | 'functionName'>,
  hasQueue: boolean,
  store: Store,
): Promise<Judgement> {
  return judgeDeadLetter(letter, knownTo(letter, await knownOf([letter], store)), hasQueue);
}

type Letter = Omit<DeadLetter, 'body'>;

/** A letter may have a mebibyte, and its content in words says enough. */
function withoutBody({ body: _body, ...letter }: DeadLetter): Letter {
  return letter;
}

function timeOf({ buriedAt, sentAt }: Letter): string {
  return buriedAt ?? sentAt ?? '1970-01-01T00:00:00.000Z';
}

function sortKey(letter: Letter): string {
  return `${timeOf(letter)}#${letter.messageId}`;
}

/** The remediations of commands, by their ids. `unknown`: its document cannot be read. */
type Remediations = ReadonlyMap<string, Exclude<Known, 'absent'>>;

/** The remediations of the commands in some letters. */
async function knownOf(letters: readonly Pick<DeadLetter, 'subject'>[], store: Store): Promise<Remediations> {
  const ids = letters.flatMap(({ subject }) => (subject.kind === 'command' ? [subject.id] : []));
  const keys = [...new Set(ids)].map(remediationKey);
  const { values, unreadable } = await readMany(store, remediationKind, keys);
  const broken = new Set(unreadable.map(({ document }) => document.pk));
  return new Map<string, Exclude<Known, 'absent'>>([
    ...ids.filter((id) => broken.has(remediationKey(id).pk)).map((id) => [id, 'unknown'] as const),
    ...values.map((remediation) => [remediation.id, remediation] as const),
  ]);
}

function knownTo({ subject }: Pick<DeadLetter, 'subject'>, known: Remediations): Known {
  return subject.kind === 'command' ? (known.get(subject.id) ?? 'absent') : 'unknown';
}

function show(letter: Letter, remediations: Remediations, hasQueue: boolean): ShownDeadLetter {
  const { messageId, functionName, subject, reason, receives, sentAt, firstError, lastError } = letter;
  const known = knownTo(letter, remediations);
  const judgement = judgeDeadLetter(letter, known, hasQueue);
  const errors = [firstError, lastError].flatMap((error) => error ?? []);
  return {
    id: messageId,
    function: functionName,
    at: timeOf(letter),
    ...(sentAt !== undefined && { sentAt }),
    what: excerpt(subject.text, MAX_TEXT),
    ...(reason !== undefined && { reason: excerpt(reason, MAX_TEXT) }),
    ...(receives !== undefined && { receives: Number(receives) }),
    errors: errors.map(({ at, text }) => ({
      ...(at !== undefined && { at }),
      text: excerpt(text, MAX_TEXT),
    })),
    ...(subject.kind === 'command' && {
      remediation: subject.id,
      state: typeof known === 'string' ? known : known.state,
    }),
    advice: adviceOn(judgement),
    worthRedriving: judgement.verdict === 'safe',
    canRedrive: judgement.verdict !== 'impossible',
  };
}
