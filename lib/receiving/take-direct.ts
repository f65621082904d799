import type { AlertSource, SourceServices } from '#lib/alerts/sources/source';
import type { Invocation } from '#lib/handler/invocation';
import { HttpProblem } from '#lib/handler/problem';
import { counted } from '#lib/metrics/embedded';
import { RequestsRefused } from '#lib/metrics/table';
import type { ReceiveServices } from './receive.ts';
import { takeDelivery } from './take-delivery.ts';

/**
 * Takes the event of a direct invocation as a delivery to a source. An event that will never be readable goes into the journal and
 * the log, and ends there: Lambda would only repeat it.
 *
 * @throws Error if not all of it is stored. Lambda then invokes the function with the same event again.
 */
export async function takeDirect<Services extends ReceiveServices & SourceServices>(
  name: string,
  source: AlertSource<Services>,
  event: unknown,
  services: Services,
  invocation: Invocation,
): Promise<void> {
  const body = Buffer.from(JSON.stringify(event));
  try {
    await takeDelivery(name, source, { path: {}, query: {}, headers: {}, body }, services, invocation);
  } catch (error) {
    if (!(error instanceof HttpProblem) || error.status >= 500) throw error;
    const { status, message: why } = error;
    invocation.log.warn('a request was refused', {
      ...counted(RequestsRefused, 1, { door: 'alerts', status: String(status) }, services.clock.now()),
      route: name,
      why,
    });
  }
}
