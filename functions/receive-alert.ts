import { AlertmanagerNotification } from '#events/alertmanager';
import { alertmanagerAlerts } from '#lib/decision/alertmanager-alerts';
import { requireBearerToken } from '#lib/handler/bearer-token';
import { type HttpFunction, type HttpRequest, onHttp, parseBody } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import { receive } from '#lib/remediation/receive';
import { receiveAlertServices } from '#lib/services';

/** Each source of alerts: what it sends, and the alerts in it. */
const sources: Record<string, (request: HttpRequest) => Parameters<typeof receive>[0]> = {
  alertmanager: (request) => alertmanagerAlerts(parseBody(request, AlertmanagerNotification)),
};

/** The one route of alerts, whatever their source. */
export const routes: HttpFunction<Awaited<ReturnType<typeof receiveAlertServices>>>['routes'] = {
  'POST /alerts/{source}': async (request, services, invocation) => {
    requireBearerToken(request.headers['authorization'], services.tokens);
    const { source = '' } = request.path;
    const readAlerts = Object.hasOwn(sources, source) ? sources[source] : undefined;
    if (!readAlerts)
      throw new HttpProblem(
        404,
        'Not Found',
        `There is no source of alerts called ${JSON.stringify(source)}`,
      );
    return { status: 202, body: await receive(readAlerts(request), services, invocation) };
  },
};

/** Takes alerts, decides what each asks for, stores it, puts the commands on their queues, and answers 202. */
export const handler = onHttp({ name: 'receive-alert', services: receiveAlertServices, routes });
