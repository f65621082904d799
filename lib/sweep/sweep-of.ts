import type { ReadableQueue } from '#lib/aws/readable-queue';
import type { Invocation } from '#lib/handler/invocation';
import type { DocumentKind } from '#lib/ledger/change';
import { pagesOf } from '#lib/ledger/listing/found';
import { parseOne } from '#lib/ledger/read-many';
import type { Document } from '#lib/ledger/store';
import { reportIfUnreadable, reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import type { RecordingServices, RemediationServices } from '#lib/remediation/record/services';

/** The result of a sweep: how many documents it looked at, and how many it handled in which way. */
export type Swept = {
  name: string;
  looked: number;
  done: Record<string, number>;
  failures: Error[];
  /** Whether its time was too short for all of them. The next run continues. */
  incomplete: boolean;
};

/** The services of a sweep that also reads pools. */
export type SweepingServices = RecordingServices &
  Pick<RemediationServices, 'modelarts'> & {
    /** The dead letters of each function, for their number. */
    countedLetters?: readonly { functionName: string; letters: Pick<ReadableQueue, 'count'> }[];
  };

/** Finishes one kind of interrupted work. */
export type Sweep = (services: RecordingServices, invocation: Invocation) => Promise<Swept>;

/** A part of the index by state that can hold such documents. */
export type Place = {
  partition: string;
  /** Only documents that came into it at least this long ago. */
  restedMs: number;
  /** And none longer ago than this. @default any */
  withinMs?: number;
};

export type SweepDefinition<Value> = {
  name: string;
  kind: DocumentKind<Value>;
  places: readonly Place[];
  /**
   * Finishes one of them, if it really was interrupted: other functions are at work, and one that has been here for long may have
   * changed a moment ago. Doing it twice, or beside another function, has the same effect as doing it once.
   *
   * @returns the action in a word or two. Undefined if there was nothing to do.
   */
  finish: (value: Value, services: RecordingServices, invocation: Invocation) => Promise<string | undefined>;
};

const PAGE_SIZE = 100;

/** Limit of concurrent work: each is a few reads and a write. */
const AT_ONCE = 10;

/** Sorts before the first key of the index, which begins with a time. */
const BEGINNING = '0';

/**
 * Makes a sweep that looks at its places, oldest documents first, until there are no more or the time is up. A failure harms
 * no other document. An unreadable document is reported, and fails nothing.
 */
export function sweepOf<Value>({ name, kind, places, finish }: SweepDefinition<Value>): Sweep {
  return async function sweepPlaces(services, invocation) {
    const swept: Swept = { name, looked: 0, done: {}, failures: [], incomplete: false };

    async function finishOne(document: Document): Promise<void> {
      swept.looked += 1;
      const read = parseOne(kind, document);
      if (!('value' in read)) {
        swept.done['unreadable'] = (swept.done['unreadable'] ?? 0) + 1;
        return reportUnreadable([read], services, invocation.log);
      }
      try {
        const what = await finish(read.value, services, invocation);
        if (what !== undefined) swept.done[what] = (swept.done[what] ?? 0) + 1;
      } catch (cause) {
        if (await reportIfUnreadable(cause, services, invocation.log)) {
          swept.done['unreadable'] = (swept.done['unreadable'] ?? 0) + 1;
          return;
        }
        swept.failures.push(new Error(`${name}: ${document.pk} could not be dealt with`, { cause }));
      }
    }

    for (const place of places) {
      const part = partOf(place, services.clock.now());
      for await (const page of pagesOf(services.store, part, PAGE_SIZE)) {
        for (let start = 0; start < page.length; start += AT_ONCE) {
          if (services.clock.now() >= invocation.deadlineMs) return { ...swept, incomplete: true };
          await Promise.all(page.slice(start, start + AT_ONCE).map(({ document }) => finishOne(document)));
        }
      }
    }
    return swept;
  };
}

function partOf({ partition, restedMs, withinMs }: Place, now: number) {
  // Every sort key is a time with `#` and an id behind it. This includes those of the same millisecond.
  const before = `${new Date(now - restedMs).toISOString()}~`;
  const after = withinMs === undefined ? BEGINNING : new Date(now - withinMs).toISOString();
  return { index: 'by-state' as const, partition, after, before };
}
