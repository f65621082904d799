import type { Delivery, PassedOver, ReceivedAlert } from '#lib/alerts/sources/source';
import { inTurn } from '#lib/concurrency';
import type { Invocation } from '#lib/handler/invocation';
import { type ReceivedMessage, receivedMessageKey, receivedMessageKind } from '#lib/journal/received-message';
import { createDocument } from '#lib/ledger/change';
import { AT_ONCE } from './limits.ts';
import { type Receipt, type ReceiveServices, receive } from './receive.ts';

const COPY = 'it was received before: nothing is done for it again';

/**
 * Takes a delivery in, except the alerts whose messages were received before. A message is remembered only when all of its delivery is
 * stored, so that a sender who tries again after an error is heard.
 *
 * @throws HttpProblem as `receive` does.
 */
export async function receiveNew(
  delivery: Delivery,
  services: ReceiveServices,
  invocation: Invocation,
): Promise<Receipt> {
  const { source, alerts, passedOver = [] } = delivery;
  const { store, clock } = services;
  if (alerts.every(({ messageId }) => messageId === undefined))
    return receive(delivery, services, invocation);

  const { news, copies } = await tellApart(source, alerts, services);
  const received = { ...delivery, alerts: news, passedOver: [...passedOver, ...copies] };
  const receipt = await receive(received, services, invocation);
  const at = new Date(clock.now()).toISOString();
  await inTurn(news, AT_ONCE, async ({ messageId, fingerprint }) => {
    if (messageId === undefined) return;
    const answer = { remediations: [], ignored: [{ alert: fingerprint, why: COPY }] };
    const key = receivedMessageKey(source, messageId);
    await createDocument<ReceivedMessage>(store, receivedMessageKind, key, { at, answer });
  });
  return receipt;
}

/** The alerts that are news, and those whose messages are known, or come a second time in the same delivery. */
async function tellApart(
  source: string,
  alerts: readonly ReceivedAlert[],
  { store }: Pick<ReceiveServices, 'store'>,
): Promise<{ news: ReceivedAlert[]; copies: PassedOver[] }> {
  const keyOf = (messageId: string) => receivedMessageKey(source, messageId);
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
