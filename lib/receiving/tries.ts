import type { Delivery } from '#lib/alerts/sources/source';
import type { Invocation } from '#lib/handler/invocation';
import { contentId } from '#lib/hash';
import { type DeliveryTries, deliveryTriesKey, deliveryTriesKind } from '#lib/journal/delivery-tries';
import { updateDocument } from '#lib/ledger/change';
import { parseOne } from '#lib/ledger/read-many';
import type { Document, Store } from '#lib/ledger/store';
import { CHUNK } from './limits.ts';

/** A sender that still tries repeats its delivery within this time. Later it is a new report, which confirms all of its alerts anew. */
const PAUSE_MS = 5 * 60_000;

/** A delivery that was not taken for so long begins anew: its first confirmations say too little by then. */
const MAX_TRIES_MS = 30 * 60_000;

/** The tries of a delivery so far, and the end of this one. */
export type Tries = {
  /** The beginning of the first try, epoch milliseconds. Alerts that were confirmed since need no confirmation. Undefined: this is the first. */
  sinceMs: number | undefined;
  /** All of the delivery is taken: the same delivery later is a new one. */
  end(): Promise<void>;
  /** The sender must send the same again, and that will be another try. */
  goOn(): Promise<void>;
};

const SINGLE: Tries = { sinceMs: undefined, end: () => Promise.resolve(), goOn: () => Promise.resolve() };

/**
 * The tries of a delivery. It is the same delivery if it brings the same alerts from the same sender. Only one that is more than a chunk
 * has several, so others cost no read.
 */
export async function triesOf(
  { source, sender, alerts }: Pick<Delivery, 'source' | 'sender' | 'alerts'>,
  store: Store,
  { beganAtMs, log }: Pick<Invocation, 'beganAtMs' | 'log'>,
): Promise<Tries> {
  if (alerts.length <= CHUNK) return SINGLE;
  const said = alerts.map(({ fingerprint, startsAt, status }) => `${fingerprint} ${startsAt} ${status}`);
  const key = deliveryTriesKey(source, contentId([sender ?? null, said.toSorted()]));
  const document = await store.get(key);
  const before = document && triesIn(document);
  const isGoingOn = before !== undefined && isWithin(before, beganAtMs);
  return {
    sinceMs: isGoingOn ? Date.parse(before.beganAt) : undefined,
    async end() {
      if (document) await store.remove(key, document.version);
    },
    async goOn() {
      const lastAt = new Date(beganAtMs).toISOString();
      try {
        await updateDocument(store, deliveryTriesKind, key, (current) => ({
          beganAt: current && isWithin(current, beganAtMs) ? current.beganAt : lastAt,
          lastAt,
        }));
      } catch (error) {
        log.warn('a try of a large delivery could not be noted: the next one confirms all of it', { error });
      }
    },
  };
}

function triesIn(document: Document): DeliveryTries | undefined {
  const read = parseOne(deliveryTriesKind, document);
  return 'value' in read ? read.value : undefined;
}

function isWithin({ beganAt, lastAt }: DeliveryTries, now: number): boolean {
  return now - Date.parse(lastAt) <= PAUSE_MS && now - Date.parse(beganAt) <= MAX_TRIES_MS;
}
