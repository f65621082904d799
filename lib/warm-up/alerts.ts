import type { SmnServices } from '#lib/alerts/sources/smn';
import type { Clock } from '#lib/clock';
import { createDoor } from '#lib/handler/door';
import { answerRequest, type HttpFunction } from '#lib/handler/on-http';
import type { ReceiveServices } from '#lib/receiving/receive';
import { SAMPLE_NODE } from './sample-names.ts';
import { sampleServices } from './sample-services.ts';

type Services = ReceiveServices & SmnServices;

const TOKEN = 'warm-up-'.repeat(4);

/** A post of Alertmanager has no use for the certificates of SMN. */
function nowhere(): Promise<never> {
  return Promise.reject(new Error('a sample makes no request'));
}

/** Lets `receive-alert` take a post of Alertmanager with one alert, on the services of a sample. */
export function warmAlerts(
  routes: HttpFunction<Services>['routes'],
  clock: Clock,
): () => ReturnType<typeof answerRequest> {
  return async function warm() {
    const { invocation, ...services } = sampleServices(clock);
    const labels = { alertname: 'warm-up', instance: SAMPLE_NODE, severity: 'critical' };
    const alert = {
      status: 'firing',
      labels,
      annotations: { summary: 'A sample' },
      startsAt: new Date(clock.now()).toISOString(),
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.invalid/graph',
      fingerprint: '0123456789abcdef',
    };
    const body = JSON.stringify({
      version: '4',
      groupKey: '{}:{}',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'poolkeeper',
      groupLabels: {},
      commonLabels: labels,
      commonAnnotations: {},
      externalURL: 'http://alertmanager.invalid',
      alerts: [alert],
    });
    const request = {
      routeKey: 'POST /alerts/{source}',
      rawPath: '/alerts/alertmanager',
      pathParameters: { source: 'alertmanager' },
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      requestContext: { http: { sourceIp: '127.0.0.1' } },
      isBase64Encoded: false,
      body,
    };
    const all: Services = {
      ...services,
      door: createDoor([{ name: 'warm-up', tokens: [TOKEN] }], clock),
      smn: { certificates: { at: nowhere }, get: nowhere },
    };
    return answerRequest(request, routes, () => Promise.resolve(all), invocation);
  };
}
