import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import type { OnFailure } from '#lib/handler/redelivery';
import { updateDocument } from '#lib/ledger/change';
import { DocumentTooLargeError } from '#lib/ledger/limits';
import { type MessageFailure, messageFailureKey, messageFailureKind } from '#lib/ledger/message-failure';
import type { RemediationServices } from '#lib/remediation/record/services';
import { deadLetter } from './inbox.ts';

export type DeliveryServices = Pick<RemediationServices, 'store' | 'clock' | 'deadLetters' | 'maxReceives'>;

/** The most failures of one batch that are recorded, a few at a time: the cause may be the ledger itself. */
const MAX_REMEMBERED = 50;
const AT_ONCE = 10;

/** With less time left than this, failures are not recorded, because the batch must still be answered. */
const SPARE_MS = 10_000;

const MAX_TEXT = 1000;

/**
 * Records the errors of a message, and buries it at its last delivery with its reason, so that every dead letter explains itself.
 * This is best effort: if the ledger or the queue fails, the message is delivered again or moved by its queue, as without this
 * function. A failure that another delivery cannot change counts as the last delivery.
 *
 * @param message `bodyOf`: the text of the dead letter, if it is not the message's own. `handOver`: called for each buried message,
 * with the reason.
 * @returns the `onFailure` for `createRedelivery`.
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
      log.warn('the error of a message could not be recorded', { error: failure });
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
      log.error('a message could not be put among the dead letters; its queue does it', { error: failure });
      return false;
    }
    log.error('a message has failed for the last time', { messageId: record.messageId, why });
    try {
      await message.handOver?.(record, why);
    } catch (failure) {
      log.error('the remediation of a dead letter could not be handed to a person', {
        messageId: record.messageId,
        error: failure,
      });
    }
    return true;
  }

  return async function onFailure(records, error) {
    const text = inWords(error);
    const buried = new Set<string>();

    async function dealWith(record: QueueRecord): Promise<void> {
      // A document that is too large for the ledger is too large at the next delivery, too.
      if (record.receiveCount >= maxReceives || error instanceof DocumentTooLargeError) {
        if (await buryLast(record, text)) buried.add(record.messageId);
      } else if (remembered < MAX_REMEMBERED) {
        remembered += 1;
        await remember(record, text);
      }
    }
    // Messages in their last delivery first.
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
