import type { Delivery, PassedOver, ReceivedAlert } from '#lib/alerts/sources/source';
import { inTurn } from '#lib/concurrency';
import type { Invocation } from '#lib/handler/invocation';
import { type ReceivedMessage, receivedMessageKey, receivedMessageKind } from '#lib/journal/received-message';
import { createDocument } from '#lib/ledger/change';
import type { DocumentKey, Store } from '#lib/ledger/store';
import { AT_ONCE } from './limits.ts';
import { ownMessageId } from './reach.ts';
import { type Receipt, type ReceiveServices, receive } from './receive.ts';

const COPY = 'it was received before: nothing is done for it again';

/**
 * Takes a delivery in, except the alerts whose messages were received before. A message is remembered only when all of its delivery is
 * stored, so a sender can try again after an error.
 *
 * @throws HttpProblem as `receive` does.
 */
export async function receiveNew(
  delivery: Delivery,
  services: ReceiveServices,
  invocation: Invocation,
): Promise<Receipt> {
  const { source, sender, alerts, passedOver = [] } = delivery;
  const { store, clock, rules } = services;
  if (alerts.every(({ messageId }) => messageId === undefined))
    return receive(delivery, services, invocation);

  const keyOf = (id: string) => receivedMessageKey(source, ownMessageId(id, sender, rules));
  const { news, copies } = await tellApart(alerts, keyOf, services);
  const received = { ...delivery, alerts: news, passedOver: [...passedOver, ...copies] };
  const receipt = await receive(received, services, invocation);
  const at = new Date(clock.now()).toISOString();
  await inTurn(news, AT_ONCE, async ({ messageId, fingerprint }) => {
    if (messageId === undefined) return;
    const answer = { remediations: [], ignored: [{ alert: fingerprint, why: COPY }] };
    await createDocument<ReceivedMessage>(store, receivedMessageKind, keyOf(messageId), { at, answer });
  });
  return receipt;
}

/** The alerts that are news, and those whose messages are known, or come a second time in the same delivery. */
async function tellApart(
  alerts: readonly ReceivedAlert[],
  keyOf: (messageId: string) => DocumentKey,
  { store }: { store: Store },
): Promise<{ news: ReceivedAlert[]; copies: PassedOver[] }> {
  const ids = new Set(alerts.flatMap(({ messageId }) => messageId ?? []));
  const documents = await store.getMany([...ids].map(keyOf));
  const known = new Set(documents.map(({ pk }) => pk));
  const news: ReceivedAlert[] = [];
  const copies: PassedOver[] = [];
  for (const alert of alerts) {
    const { messageId, fingerprint, labels } = alert;
    const pk = messageId === undefined ? undefined : keyOf(messageId).pk;
    if (pk !== undefined && known.has(pk)) {
      copies.push({ alert: fingerprint, why: COPY, labels });
      continue;
    }
    if (pk !== undefined) known.add(pk);
    news.push(alert);
  }
  return { news, copies };
}
