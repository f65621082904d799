import type { AlertSource, Reading, SourceServices } from '#lib/alerts/sources/source';
import { requireUncompressed } from '#lib/handler/body';
import { signedRequestId } from '#lib/handler/credential';
import type { Invocation } from '#lib/handler/invocation';
import type { HttpRequest, HttpResponse } from '#lib/handler/on-http';
import { recordDelivery } from '#lib/journal/record-delivery';
import { recordRefusals } from '#lib/journal/record-refusal';
import type { Logger } from '#lib/log';
import { sendNotice } from '#lib/remediation/record/send-notice';
import { ownMessageId } from './reach.ts';
import type { ReceiveServices } from './receive.ts';
import { receiveNew } from './receive-new.ts';
import { takeOnce } from './take-once.ts';

/** From this number of refused senders within a minute on, the journal leaves out the others of that minute. */
const MAX_STRANGERS = 10;

/**
 * Takes a request to a source of alerts: authenticates its sender, reads it, and carries it out. The journal has every refusal of a
 * known sender. It has those of unknown senders as long as they are no flood.
 *
 * @throws HttpProblem as the source does; 503 if not all of a delivery is stored.
 */
export async function takeDelivery<Services extends ReceiveServices & SourceServices>(
  name: string,
  source: AlertSource<Services>,
  request: HttpRequest,
  services: Services,
  invocation: Invocation,
): Promise<HttpResponse> {
  const { door, clock } = services;
  const { log } = invocation;
  const { answerWithinMs = Number.POSITIVE_INFINITY } = source;
  const bounded = {
    ...invocation,
    deadlineMs: Math.min(invocation.deadlineMs, clock.now() + answerWithinMs),
  };
  const received = { source: name, bytes: request.body.length };
  const sender = await recordRefusals(
    received,
    services,
    log,
    () => source.authenticate(request, { ...services, door: door.of(name) }, invocation),
    () => door.refusedLately() <= MAX_STRANGERS,
  );
  const known = { ...received, sender };
  const reading = await recordRefusals(known, services, log, () => {
    requireUncompressed(request);
    return source.read(request, services);
  });
  const { messageId } = reading;
  const id = messageId ?? signedRequestId(request.headers);
  const own = id && ownMessageId(id, sender, services.rules);
  // The answer to a whole delivery may be too large for the ledger.
  const kept = (answer: unknown) => (messageId === undefined ? ANSWER_TO_COPY : answer);
  const take = () =>
    reading.kind === 'alerts'
      ? receiveNew({ ...reading.delivery, sender }, services, bounded)
      : recordRefusals(known, services, log, () => carryOut(reading, known, services, log));
  const body = await takeOnce(name, own, services, log, take, kept);
  return { status: 202, body };
}

const ANSWER_TO_COPY = {
  remediations: [],
  ignored: [{ alert: '(delivery)', why: 'its signature was received before: nothing is done for it again' }],
};

/** Carries out a confirmation, and writes the result into the journal. */
async function carryOut(
  confirmation: Extract<Reading, { kind: 'confirmation' }>,
  known: { source: string; sender: string; bytes: number },
  { store, clock, notices }: Pick<ReceiveServices, 'store' | 'clock' | 'notices'>,
  log: Logger,
): Promise<{ remediations: []; ignored: []; subscription: string }> {
  const subscription = await confirmation.confirm(log);
  // A copy of the message sends the same notice again, and people get it once.
  if (confirmation.incident) await sendNotice(confirmation.incident, { notices });
  const head = { ...known, id: store.newId(), at: new Date(clock.now()).toISOString() };
  await recordDelivery(store, head, 0, [], { status: 202, why: subscription });
  return { remediations: [], ignored: [], subscription };
}
