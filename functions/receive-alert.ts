import { AlertmanagerNotification } from '#events/alertmanager';
import { type Delivery, readAlertmanager } from '#lib/alerts/sources/alertmanager';
import { excerpt } from '#lib/bounds';
import { admit, type HttpFunction, type HttpRequest, onHttp, parseBody } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import { recordRefusals } from '#lib/journal/record-refusal';
import { receive } from '#lib/receiving/receive';
import { receiveAlertServices } from '#lib/services';

/** Lambda passes at most 6 MB to a function. Each alert of a delivery has bounds of its own. */
const DELIVERY_LIMITS = { maxBytes: 6 * 1024 * 1024 };

/** Each source of alerts: its payload's schema, and the alerts in it. */
const sources: Record<string, (request: HttpRequest, now: number) => Delivery> = {
  alertmanager: (request, now) =>
    readAlertmanager(parseBody(request, AlertmanagerNotification, DELIVERY_LIMITS), now, request.body.length),
};

/** The one route of alerts, for every source. */
export const routes: HttpFunction<Awaited<ReturnType<typeof receiveAlertServices>>>['routes'] = {
  'POST /alerts/{source}': async (request, services, invocation) => {
    const sender = await admit(request, services, invocation);
    const { source = '' } = request.path;
    const readAlerts = Object.hasOwn(sources, source) ? sources[source] : undefined;
    if (!readAlerts)
      throw new HttpProblem(
        404,
        'Not Found',
        `There is no source of alerts called ${JSON.stringify(excerpt(source, 100))}`,
      );
    const received = { source, sender, bytes: request.body.length };
    const delivery = await recordRefusals(received, services, invocation.log, () =>
      readAlerts(request, services.clock.now()),
    );
    return { status: 202, body: await receive({ ...delivery, sender }, services, invocation) };
  },
};

/** Takes alerts, decides about each, stores it, puts the commands on their queues, and answers 202. */
export const handler = onHttp({ name: 'receive-alert', services: receiveAlertServices, routes });
