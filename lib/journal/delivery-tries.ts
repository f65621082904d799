import * as z from 'zod';
import type { DocumentKind } from '#lib/ledger/change';
import { type DocumentKey, expiry } from '#lib/ledger/store';

/** The tries of a delivery that was too much for one invocation. `lastAt`: the beginning of the last one. */
const DeliveryTries = z.object({ beganAt: z.iso.datetime(), lastAt: z.iso.datetime() });
export type DeliveryTries = z.output<typeof DeliveryTries>;

const KEPT_MS = 24 * 3_600_000;

export const deliveryTriesKind: DocumentKind<DeliveryTries> = {
  name: 'tries of a delivery',
  schema: DeliveryTries,
  index: ({ lastAt }) => expiry(lastAt, KEPT_MS),
};

/** @param id of the content of the delivery */
export function deliveryTriesKey(source: string, id: string): DocumentKey {
  return { pk: `tries#${source}#${id}`, sk: 'delivery' };
}
