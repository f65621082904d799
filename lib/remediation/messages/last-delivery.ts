import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import type { OnFailure } from '#lib/handler/redelivery';
import { updateDocument } from '#lib/ledger/change';
import { DocumentTooLargeError } from '#lib/ledger/limits';
import { type MessageFailure, messageFailureKey, messageFailureKind } from '#lib/ledger/message-failure';
import type { RemediationServices } from '#lib/remediation/record/services';
import { deadLetter } from './inbox.ts';

export type DeliveryServices = Pick<RemediationServices, 'store' | 'clock' | 'deadLetters' | 'maxReceives'>;

/** As many failures of one batch are written down, a few at a time: the ledger may be what is failing. */
const MAX_REMEMBERED = 50;
const AT_ONCE = 10;

/** Nothing is done for a failure with less than this left: the batch must still be answered. */
const SPARE_MS = 10_000;

const MAX_TEXT = 1000;

/**
 * Writes down what went wrong with a message, and takes it to the dead letters itself at its last delivery, with the reason,
 * so that no dead letter is silent. All of it as far as it goes: where the ledger or the queue fails, the message is
 * delivered again, or moved by its queue, as if there were nothing here. A failure that another delivery cannot change is
 * the last one.
 *
 * @param message `bodyOf`: what is kept of it, if not what it brought; `handOver`: told of each that has been buried, and why.
 * @returns for `createRedelivery`.
 */
export function atLastDelivery(
  services: DeliveryServices,
  { log, deadlineMs }: Pick<Invocation, 'log' | 'deadlineMs'>,
  message: {
    bodyOf?: (record: QueueRecord) => string;
    handOver?: (record: QueueRecord, why: string) => Promise<void>;
  } = {},
): OnFailure {
  const { clock, maxReceives } = services;
  let remembered = 0;
  let isLedgerSound = true;

  async function remember(record: QueueRecord, error: string): Promise<MessageFailure> {
    const at = new Date(clock.now()).toISOString();
    const now = {
      messageId: record.messageId,
      firstError: error,
      firstErrorAt: at,
      lastError: error,
      lastErrorAt: at,
    };
    if (!isLedgerSound) return now;
    try {
      const { value } = await updateDocument<MessageFailure>(
        services.store,
        messageFailureKind,
        messageFailureKey(record.messageId),
        (before) => ({
          ...now,
          ...(before && { firstError: before.firstError, firstErrorAt: before.firstErrorAt }),
        }),
      );
      return value ?? now;
    } catch (failure) {
      isLedgerSound = false;
      log.warn('what went wrong with a message could not be written down', { error: failure });
      return now;
    }
  }

  async function buryLast(record: QueueRecord, error: string): Promise<boolean> {
    const { firstError, firstErrorAt, lastErrorAt } = await remember(record, error);
    const why = `it failed ${record.receiveCount} times, the last time with: ${error}`;
    try {
      await deadLetter(services, { ...record, body: message.bodyOf?.(record) ?? record.body }, why, {
        firstError,
        firstErrorAt,
        lastError: error,
        lastErrorAt,
        receives: String(record.receiveCount),
      });
    } catch (failure) {
      log.error('a message could not be taken to the dead letters; its queue does it', { error: failure });
      return false;
    }
    log.error('a message has failed for the last time', { messageId: record.messageId, why });
    try {
      await message.handOver?.(record, why);
    } catch (failure) {
      log.error('nobody was told of a dead letter', { messageId: record.messageId, error: failure });
    }
    return true;
  }

  return async function onFailure(records, error) {
    const text = inWords(error);
    const buried = new Set<string>();

    async function dealWith(record: QueueRecord): Promise<void> {
      // What the ledger has no room for does not become smaller by coming again.
      if (record.receiveCount >= maxReceives || error instanceof DocumentTooLargeError) {
        if (await buryLast(record, text)) buried.add(record.messageId);
      } else if (remembered < MAX_REMEMBERED) {
        remembered += 1;
        await remember(record, text);
      }
    }
    // Those first for which it is the last delivery.
    const inOrder = records.toSorted((a, b) => b.receiveCount - a.receiveCount);
    for (let start = 0; start < inOrder.length; start += AT_ONCE) {
      if (clock.now() + SPARE_MS > deadlineMs) break;
      await Promise.all(inOrder.slice(start, start + AT_ONCE).map(dealWith));
    }
    return buried;
  };
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, MAX_TEXT);
  const { name, message, cause } = error;
  const because = cause instanceof Error ? `, because of ${cause.name}: ${cause.message}` : '';
  return `${name}: ${message}${because}`.slice(0, MAX_TEXT);
}
