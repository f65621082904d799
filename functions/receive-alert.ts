import { alertmanager } from '#lib/alerts/sources/alertmanager';
import { cloudevents } from '#lib/alerts/sources/events/cloudevents';
import { kubernetes } from '#lib/alerts/sources/events/kubernetes';
import { type SmnServices, smn } from '#lib/alerts/sources/smn';
import type { AlertSource } from '#lib/alerts/sources/source';
import { excerpt } from '#lib/bounds';
import { type HttpFunction, onHttp } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import type { ReceiveServices } from '#lib/receiving/receive';
import { takeDelivery } from '#lib/receiving/take-delivery';
import { receiveAlertServices } from '#lib/services';

/** Each source of alerts, by its name in the route. */
const sources: Record<string, AlertSource<ReceiveServices & SmnServices>> = {
  alertmanager,
  cloudevents,
  kubernetes,
  smn,
};

/** The one route of alerts. An unknown source is refused before any credential is looked at. */
export const routes: HttpFunction<Awaited<ReturnType<typeof receiveAlertServices>>>['routes'] = {
  'POST /alerts/{source}': (request, services, invocation) => {
    const { source: name = '' } = request.path;
    const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
    if (source) return takeDelivery(name, source, request, services, invocation);
    throw new HttpProblem(
      404,
      'Not Found',
      `There is no source of alerts called ${JSON.stringify(excerpt(name, 100))}`,
    );
  },
};

/** Takes alerts, decides about each, stores it, puts the commands on their queues, and answers 202. */
export const handler = onHttp({ name: 'receive-alert', services: receiveAlertServices, routes });
