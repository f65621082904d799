import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** False if the connection ended, or time ran out, in the middle of the body. */
  readonly complete: boolean;
}

export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly why: 'timed-out' | 'aborted' | 'connection';
  /** False: no byte of the request left this machine. True: the server may have it. */
  readonly sent: boolean;
  readonly cause?: Error;
}

export interface ExchangeLimits {
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** @default the machine's own timers */
  readonly startTimer?: StartTimer | undefined;
}

/** Calls back once, after a time in milliseconds. The returned function cancels it. */
export type StartTimer = (delayMs: number, onTime: () => void) => () => void;

function startMachineTimer(delayMs: number, onTime: () => void): () => void {
  const timer = setTimeout(onTime, delayMs);
  return () => clearTimeout(timer);
}

/**
 * Sends one request once and reads the whole answer. Never rejects.
 *
 * It uses undici's `dispatch` instead of `request`, because only the handler learns when undici begins to write a
 * request to a socket (`onRequestStart`). Only this fact separates "not sent" from "maybe done".
 */
export function exchange(
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  request: WireRequest,
  { timeoutMs, maxReplyBytes, signal, startTimer = startMachineTimer }: ExchangeLimits,
): Promise<Answer | NoAnswer> {
  const { promise, resolve } = Promise.withResolvers<Answer | NoAnswer>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  let head: Pick<Answer, 'status' | 'headers'> | undefined;
  let controller: Dispatcher.DispatchController | undefined;
  let settled = false;

  const settle = (result: Answer | NoAnswer) => {
    settled = true;
    stopTimer();
    signal?.removeEventListener('abort', onAbort);
    resolve(result);
  };
  const answer = (complete: boolean) => {
    if (head) settle({ kind: 'answer', ...head, body: Buffer.concat(chunks).toString('utf8'), complete });
  };
  const stop = (why: NoAnswer['why'], cause?: Error) => {
    if (settled) return;
    if (head) answer(false);
    else settle({ kind: 'no-answer', why, sent: controller !== undefined, ...(cause && { cause }) });
    controller?.abort(cause ?? new Error(why));
  };
  const onAbort = () => stop('aborted');
  const stopTimer = startTimer(timeoutMs, () => stop('timed-out'));
  signal?.addEventListener('abort', onAbort);

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // A request may have been abandoned while its connection was being made, or undici may have put it back into its
      // queue after the connection broke. It must not be written (again).
      if (settled || controller) started.abort(new Error('not sent twice'));
      else controller = started;
    },
    onResponseStart(_, status, headers) {
      // 1xx are announcements; the answer comes later.
      if (status >= 200) head = { status, headers };
    },
    onResponseData(_, chunk) {
      bytes += chunk.length;
      if (bytes > maxReplyBytes) stop('connection');
      else chunks.push(chunk);
    },
    onResponseEnd: () => answer(true),
    onResponseError: (_, error) => stop('connection', error),
  };
  if (signal?.aborted) {
    onAbort();
    return promise;
  }
  const { method, url, headers, body } = request;
  const options: Dispatcher.DispatchOptions = {
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: { ...headers },
    ...(body && { body }),
    // The timer above limits the whole exchange, including the connection.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  dispatcher.dispatch(options, handler);
  return promise;
}
