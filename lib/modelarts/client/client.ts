import type { Dispatcher } from 'undici';
import type { Clock } from '#lib/clock';
import type { StartTimer } from '#lib/http/exchange';
import { retryDelayMs } from '#lib/http/retry';
import type { Credentials } from '#lib/http/signature';
import type { KeyGuard } from './access-key.ts';
import type { AttemptFailure } from './answer.ts';
import { type Attempt, attempt } from './attempt.ts';
import { borrowConnections, type Connect, openConnections } from './connections.ts';
import type { Endpoint, InputOf } from './endpoint.ts';
import { ModelArtsError } from './errors.ts';
import { type ClientLimits, defaultLimits } from './limits.ts';
import { whyNotSendable } from './preflight.ts';
import { withoutSecrets } from './redaction.ts';
import { buildRequest, type CallInput, targetOf } from './request.ts';

export interface ClientOptions {
  /** Base URL of the API, for example `https://modelarts.cn-north-4.myhuaweicloud.com`. */
  readonly endpoint: string;
  readonly projectId: string;
  /** The access key. */
  readonly key: KeyGuard;
  readonly clock: Clock;
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number;
  /** Called after every try. */
  readonly log?: (attempt: Attempt) => void;
  /** Replaces the client's own connections. */
  readonly dispatcher?: Pick<Dispatcher, 'dispatch'>;
  /** Replaces the network: makes each connection. */
  readonly connect?: Connect;
  readonly limits?: Partial<ClientLimits>;
  /** Ends a try that takes too long. @default the machine's own timers */
  readonly startTimer?: StartTimer;
}

export interface SendOptions {
  /** Ends the call at once, on the socket too. */
  readonly signal?: AbortSignal | undefined;
  /** Epoch milliseconds on the clock: no try begins or lasts beyond it. */
  readonly deadlineMs?: number | undefined;
}

export interface ModelArtsClient {
  /**
   * Calls one endpoint and returns its reply, or throws a `ModelArtsError`.
   *
   * The client first checks the input against the endpoint. It repeats a read after a transient failure. It repeats a
   * write only after a refusal for too many requests, never if the write may have been done. Tries end with the
   * deadline, and before a wait that would outlast it. It repeats a read once with a new key if the API refuses the old one.
   */
  send<Path extends string, Query, Body, Reply>(
    endpoint: Endpoint<Path, Query, Body, Reply>,
    input: InputOf<Path, NoInfer<Query>, NoInfer<Body>>,
    options?: SendOptions,
  ): Promise<Reply>;
  /** Closes the client's own connections once the current calls have ended. */
  close(): Promise<void>;
}

/**
 * A client of the ModelArts API for one project and one account.
 *
 * After one refused key it sends nothing for five minutes (`not-sent`, code `credentials-refused`), unless the key changes, because
 * repeated tries would lock the key for all of its users (docs/design/modelarts-api.md 5.2).
 *
 * @throws TypeError when the endpoint is no http(s) URL or the project id is malformed
 */
export function createModelArtsClient(options: ClientOptions): ModelArtsClient {
  const { key, clock, random, log, startTimer } = options;
  const target = targetOf(options.endpoint, options.projectId);
  const limits = { ...defaultLimits, ...options.limits };
  const connections = options.dispatcher
    ? borrowConnections(options.dispatcher)
    : openConnections(target.origin, options.connect);

  async function send<Path extends string, Query, Body, Reply>(
    endpoint: Endpoint<Path, Query, Body, Reply>,
    input: CallInput,
    { signal, deadlineMs }: SendOptions = {},
  ): Promise<Reply> {
    const built = buildRequest(endpoint, input, target);
    if (!built.ok) throw errorOf(endpoint, endpoint.path, built.failure);

    const { request } = built;
    const { method } = endpoint;
    const path = request.url.pathname;
    let wasRefused = false;
    for (let number = 1; ; number++) {
      const usable = await key.usable();
      if ('failure' in usable) throw errorOf(endpoint, path, usable.failure);
      const { credentials } = usable;
      const startedAtMs = clock.now();
      const hindered = whyNotSendable({ now: startedAtMs, deadlineMs, signal });
      if (hindered) throw errorOf(endpoint, path, hindered);

      const result = await attempt(endpoint, input.path ?? {}, request, {
        credentials,
        clock,
        connections,
        limits,
        signal,
        deadlineMs,
        startTimer,
      });
      const now = clock.now();
      const tried = { endpoint: endpoint.name, method, path, attempt: number, durationMs: now - startedAtMs };
      if (result.ok) {
        log?.({ ...tried, outcome: 'succeeded', status: result.status });
        return result.reply;
      }

      const { failure } = result;
      if (failure.credentialsRefused) key.refuse(credentials);
      const isFirstRefusal = failure.credentialsRefused && !wasRefused;
      wasRefused ||= failure.credentialsRefused;
      const hasNewKey = isFirstRefusal && method === 'GET' && 'credentials' in (await key.usable());
      const delayMs = hasNewKey
        ? 0
        : retryDelayMs({ method, attempt: number, failure, limits, now, deadlineMs, random: random() });
      const retryInMs = signal?.aborted ? undefined : delayMs;
      const error = errorOf(endpoint, path, failure, credentials);
      const { outcome, status, code, requestId } = error;
      log?.({ ...tried, outcome, status, code, requestId, retryInMs });
      if (retryInMs === undefined) throw error;
      try {
        await clock.sleep(retryInMs, signal);
      } catch {
        throw error;
      }
    }
  }

  return { send, close: () => connections.close() };
}

/** The error of a call that failed. Its texts show no part of the key. */
function errorOf(
  endpoint: Endpoint,
  path: string,
  failure: AttemptFailure,
  credentials?: Credentials,
): ModelArtsError {
  const shown = (text: string | undefined) => text && withoutSecrets(text, credentials);
  const texts = {
    code: shown(failure.code),
    vendorMessage: shown(failure.vendorMessage),
    requestId: shown(failure.requestId),
    reason: shown(failure.reason),
  };
  return new ModelArtsError({ ...failure, ...texts, endpoint, path });
}
