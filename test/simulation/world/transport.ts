import type { Dispatcher } from 'undici';
import type { Process, ProcessWorld } from '#local/rehearsal/engine/process';
import { checkedRequest, requestFaults } from '#test/strict-modelarts/check-request';
import type { createOddReadings } from './odd-readings.ts';
import type { ApiAnswer, ApiRequest, LoggedRequest } from './route.ts';

/** The mishaps of one request, on its way, at the API, or on the way back. */
const MISHAPS = {
  'not-connected': 0.01,
  'reset-before': 0.01,
  'reset-after': 0.02,
  'hangs-before': 0.008,
  'hangs-after': 0.012,
  'slow-effect': 0.015,
  throttled: 0.02,
  'throttled-as-500': 0.008,
  'unavailable-before': 0.012,
  'bad-gateway-after': 0.015,
  'broken-off': 0.008,
  'not-json': 0.008,
  forbidden: 0.02,
} as const;

/**
 * The network between one process and the API, at the place of undici: what was begun, what the API did, and what of its
 * answer came back are three different things.
 */
export function createTransport(
  process: Process,
  { scheduler, chance, fate, trace }: ProcessWorld,
  answer: (request: ApiRequest, log: LoggedRequest) => ApiAnswer,
  log: LoggedRequest[],
  spoil: ReturnType<typeof createOddReadings>,
): Dispatcher {
  function dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!process.isAlive()) return true;
    const url = new URL(options.path, 'http://modelarts.simulated');
    const path = url.pathname.replace(/^\/v[12]\/[^/]+/, '');
    const what = `${options.method} ${path}`;
    const key = process.nextKey(what);
    const isRead = options.method === 'GET';
    const rates = Object.fromEntries(
      Object.entries(MISHAPS).map(([name, rate]) => [name, isRead ? rate * 0.4 : rate * 2]),
    );
    const mishap = fate.decide(key, rates);
    let aborted = false;
    const controller = {
      aborted: false,
      paused: false,
      reason: null,
      abort: () => {
        aborted = true;
      },
      pause: () => undefined,
      resume: () => undefined,
    } as Dispatcher.DispatchController;
    const tell = (atMs: number, say: () => void) => process.wake(atMs, () => aborted || say());
    const now = scheduler.now();

    if (mishap === 'not-connected') {
      trace(process.name, `${what}: not-connected`);
      tell(now + 20, () =>
        handler.onResponseError?.(controller, brokenConnection('connect ECONNREFUSED', 'ECONNREFUSED')),
      );
      return true;
    }
    tell(now + chance.between(1, 8, `${key}/connect`), () => {
      handler.onRequestStart?.(controller, undefined);
      if (aborted || !process.isAlive()) return;
      begun();
    });
    return true;

    function begun(): void {
      const sentAtMs = scheduler.now();
      const lateMs = mishap === 'slow-effect' ? chance.between(5, 28, `${key}/late`) * 1000 : 0;
      if (mishap === 'reset-before' || mishap === 'hangs-before') {
        trace(process.name, `${what}: ${mishap}`);
        if (mishap === 'reset-before')
          tell(sentAtMs + 30, () =>
            handler.onResponseError?.(controller, brokenConnection('read ECONNRESET', 'ECONNRESET')),
          );
        return;
      }
      scheduler.at(sentAtMs + chance.between(2, 40, `${key}/there`) + lateMs, () => arrived(sentAtMs), false);
    }

    function arrived(sentAtMs: number): void {
      const { method } = options;
      const wire = checkedRequest({
        method,
        url,
        headers: options.headers as Record<string, string>,
        body: options.body as Uint8Array,
      });
      const { body } = wire as { body: any };
      const entry: LoggedRequest = {
        number: log.length + 1,
        by: process.name,
        method: options.method,
        path,
        pool:
          /^\/(?:statistics\/)?pools\/([^/]+)/.exec(path)?.[1] ??
          url.searchParams.get('name') ??
          url.searchParams.get('poolName') ??
          undefined,
        body,
        faults: requestFaults(wire),
        sentAtMs,
        atMs: scheduler.now(),
        status: 0,
        answered: true,
      };
      log.push(entry);
      const request = { method: options.method, path: url.pathname, query: url.searchParams, body };
      const given =
        refusedBefore(mishap) ?? spoil(key, answer(request, entry), { entry, query: request.query });
      entry.status = given.status;
      const lost = mishap === 'reset-after' || mishap === 'hangs-after' || mishap === 'bad-gateway-after';
      // The first line of a refusal is enough to know it.
      const isHeard = mishap !== 'broken-off' && mishap !== 'not-json';
      const isRefusal = given.status >= 400 && given.status < 500;
      entry.answered = !aborted && !lost && (isHeard || isRefusal);
      if (!isRead || mishap !== undefined || entry.odd !== undefined) {
        const said = [mishap, entry.odd].flatMap((one) => (one === undefined ? [] : `: ${one}`)).join('');
        const shown = body === undefined ? '' : ` ${JSON.stringify(body)}`;
        trace(process.name, `${what}${shown} → ${given.status}${said}`);
      }
      if (!isRead && process.isAlive() && fate.decide(`${key}/dies`, { 'dies-meanwhile': 0.01 })) {
        entry.answered = false;
        process.kill(`before ${what} is answered`);
        return;
      }
      const backMs = scheduler.now() + chance.between(2, 40, `${key}/back`);
      if (mishap === 'hangs-after') return;
      if (mishap === 'reset-after') {
        tell(backMs, () =>
          handler.onResponseError?.(controller, brokenConnection('read ECONNRESET', 'ECONNRESET')),
        );
        return;
      }
      const shown =
        mishap === 'bad-gateway-after'
          ? { status: 504, body: { error_code: 'APIGW.0203', error_msg: 'backend timeout', request_id: 'r' } }
          : given;
      tell(backMs, () => reply(shown));
    }

    function reply({ status, body, headers = {} }: ApiAnswer): void {
      const text = mishap === 'not-json' ? '<html>' : JSON.stringify(body);
      handler.onResponseStart?.(controller, status, { 'x-request-id': `r-${key}`, ...headers }, '');
      if (mishap === 'broken-off') {
        handler.onResponseData?.(controller, Buffer.from(text.slice(0, text.length / 2)));
        handler.onResponseError?.(controller, brokenConnection('other side closed', 'UND_ERR_SOCKET'));
        return;
      }
      handler.onResponseData?.(controller, Buffer.from(text));
      handler.onResponseEnd?.(controller, {});
    }
  }

  return { dispatch } as unknown as Dispatcher;
}

/** An answer of a gateway before the API: the request has no effect. */
function refusedBefore(mishap: string | undefined): ApiAnswer | undefined {
  switch (mishap ?? '') {
    case 'throttled':
      return {
        status: 429,
        body: { error_code: 'APIGW.0308', error_msg: 'throttled', request_id: 'r' },
        headers: { 'retry-after': '2' },
      };
    case 'throttled-as-500':
      return { status: 500, body: { error_code: 'ModelArts.5039', error_msg: 'too many requests' } };
    case 'unavailable-before':
      return {
        status: 502,
        body: { error_code: 'APIGW.0202', error_msg: 'backend unavailable', request_id: 'r' },
      };
    case 'forbidden':
      return {
        status: 403,
        body: {
          error_code: 'ModelArts.0210',
          error_msg: 'no permission for this operation',
          request_id: 'r',
        },
      };
    default:
      return undefined;
  }
}

/** The error of undici for it. */
function brokenConnection(text: string, code: string): Error {
  return Object.assign(new Error(text), { code });
}
