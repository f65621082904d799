import { alertmanager } from '#lib/alerts/sources/alertmanager';
import { cloudevents } from '#lib/alerts/sources/events/cloudevents';
import { directEventbridge, eventbridge } from '#lib/alerts/sources/events/eventbridge';
import { kubernetes } from '#lib/alerts/sources/events/kubernetes';
import { type SmnServices, smn } from '#lib/alerts/sources/smn';
import type { AlertSource } from '#lib/alerts/sources/source';
import { excerpt } from '#lib/bounds';
import { systemClock } from '#lib/clock';
import { type HttpFunction, onHttp, type Route } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import type { ReceiveServices } from '#lib/receiving/receive';
import { takeDelivery } from '#lib/receiving/take-delivery';
import { takeDirect } from '#lib/receiving/take-direct';
import { receiveAlertServices } from '#lib/services';
import { warmAlerts } from '#lib/warm-up/alerts';

type Services = Awaited<ReturnType<typeof receiveAlertServices>>;

/** Each source of alerts, by its name in the route. */
export const sources: Record<string, AlertSource<ReceiveServices & SmnServices>> = {
  alertmanager,
  cloudevents,
  eventbridge,
  kubernetes,
  smn,
};

/**
 * Takes the alerts of a sender that posts to an Alertmanager: it appends the path to the address of its Alertmanager. The
 * answer is 200, as there, because old versions of vmalert take 202 for a failure.
 */
const asAnAlertmanager: Route<Services> = async (request, services, invocation) => {
  const { body } = await takeDelivery('alertmanager', alertmanager, request, services, invocation);
  return { status: 200, body };
};

/** The routes of alerts. An unknown source is refused before any credential is looked at. */
export const routes: HttpFunction<Services>['routes'] = {
  'POST /alerts/alertmanager/api/v1/alerts': asAnAlertmanager,
  'POST /alerts/alertmanager/api/v2/alerts': asAnAlertmanager,
  'POST /alerts/{source}': (request, services, invocation) => {
    const { source: name = '' } = request.path;
    const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
    if (source) return takeDelivery(name, source, request, services, invocation);
    const why = `There is no source of alerts called ${JSON.stringify(excerpt(name, 100))}`;
    throw new HttpProblem(404, 'Not Found', why);
  },
};

/** Takes alerts, decides about each, stores it, queues the commands, and answers 202. Services of AWS may invoke it directly. */
export const handler = onHttp({
  name: 'receive-alert',
  services: receiveAlertServices,
  routes,
  direct: (event, services, invocation) =>
    takeDirect('eventbridge', directEventbridge, event, services, invocation),
  warm: warmAlerts(routes, systemClock),
});
