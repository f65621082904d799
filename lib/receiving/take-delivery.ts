import type { AlertSource, SourceServices } from '#lib/alerts/sources/source';
import type { Invocation } from '#lib/handler/invocation';
import type { HttpRequest, HttpResponse } from '#lib/handler/on-http';
import { recordRefusals } from '#lib/journal/record-refusal';
import { type ReceiveServices, receive } from './receive.ts';

/** From this number of refused senders within a minute on, the others of that minute are not written into the journal. */
const MAX_STRANGERS = 10;

/**
 * Takes a request to a source of alerts: authenticates its sender, reads it, and does what it asks for. The journal has every
 * refusal of a known sender, and of unknown ones as many as are not a flood.
 *
 * @throws HttpProblem as the source does; 503 where not all of a delivery is stored.
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
  const received = { source: name, bytes: request.body.length };
  const sender = await recordRefusals(
    received,
    services,
    log,
    () => source.authenticate(request, services, invocation),
    () => door.refusedLately() <= MAX_STRANGERS,
  );
  const { delivery } = await recordRefusals({ ...received, sender }, services, log, () =>
    source.read(request, clock.now()),
  );
  return { status: 202, body: await receive({ ...delivery, sender }, services, invocation) };
}
