import type { Clock } from '#lib/clock';
import { exchange, type StartTimer, type WireRequest } from '#lib/http/exchange';
import { type Credentials, sign } from '#lib/http/signature';
import { type ReadAnswer, readAnswer, readNoAnswer } from './answer.ts';
import type { Connections } from './connections.ts';
import type { Endpoint } from './endpoint.ts';
import type { ModelArtsError } from './errors.ts';
import type { ClientLimits } from './limits.ts';

/** One try of a call, for the log: no header, no body, no key. */
export interface Attempt {
  /** The endpoint's name. */
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  /** From 1. */
  readonly attempt: number;
  readonly durationMs: number;
  readonly outcome: 'succeeded' | ModelArtsError['outcome'];
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  /** Present when another try follows. */
  readonly retryInMs?: number | undefined;
}

export interface AttemptOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly connections: Connections;
  readonly limits: ClientLimits;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number | undefined;
  readonly startTimer?: StartTimer | undefined;
}

/**
 * Signs a request, sends it once, and classifies the result. Never rejects.
 *
 * @param path the parameters of the request's path
 */
export async function attempt<Reply>(
  endpoint: Pick<Endpoint<string, unknown, unknown, Reply>, 'method' | 'reply' | 'isAbout'>,
  path: Readonly<Record<string, string>>,
  request: WireRequest,
  {
    credentials,
    clock,
    connections,
    limits,
    signal,
    deadlineMs = Number.POSITIVE_INFINITY,
    startTimer,
  }: AttemptOptions,
): Promise<ReadAnswer<Reply>> {
  const now = clock.now();
  const ownTimeoutMs = endpoint.method === 'GET' ? limits.readTimeoutMs : limits.writeTimeoutMs;
  const timeoutMs = Math.min(ownTimeoutMs, deadlineMs - now);
  const signed = sign({ ...request, credentials, now });
  const exchanged = await exchange(
    connections.for(endpoint.method),
    { ...request, headers: { ...signed, accept: 'application/json', 'user-agent': 'poolkeeper' } },
    { timeoutMs, maxReplyBytes: limits.maxReplyBytes, signal, startTimer },
  );
  return exchanged.kind === 'answer'
    ? readAnswer(exchanged, endpoint, path, clock.now())
    : { ok: false, failure: readNoAnswer(exchanged, timeoutMs) };
}
