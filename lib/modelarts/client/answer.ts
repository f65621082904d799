import * as z from 'zod';
import { MAX_FOREIGN_TEXT } from '#lib/bounds';
import type { Answer, NoAnswer } from '#lib/http/exchange';
import { parseRetryAfter } from '#lib/http/retry';
import { describeIssues } from '#lib/issues';
import { type Classification, classify } from './classification.ts';
import type { Endpoint } from './endpoint.ts';
import type { ClientCode, ModelArtsFailure } from './errors.ts';

/** The facts of a failed exchange. The client adds the call. */
export type AttemptFailure = Classification &
  Pick<ModelArtsFailure, 'status' | 'code' | 'vendorMessage' | 'requestId' | 'retryAfterMs' | 'reason'>;

export type ReadAnswer<Reply> =
  | { readonly ok: true; readonly reply: Reply; readonly status: number }
  | { readonly ok: false; readonly failure: AttemptFailure };

/** ModelArts answers the first two, the gateway in front of it all three (docs/design/modelarts-api.md 5.1, 5.2). */
const Text = z
  .string()
  .transform((text) => text.slice(0, MAX_FOREIGN_TEXT))
  .optional()
  .catch(undefined);
const ErrorBody = z.looseObject({ error_code: Text, error_msg: Text, request_id: Text });

const possiblyDone = {
  outcome: 'unknown',
  transient: true,
  throttled: false,
  credentialsRefused: false,
} as const;

/**
 * Turns an answer into the endpoint's reply, or into an error with all known facts. A reply must fit the question. Any other
 * content under a success status may be right next time, and a write may have been done.
 *
 * @param path the parameters of the request's path
 * @param now epoch milliseconds
 */
export function readAnswer<Reply>(
  answer: Answer,
  { reply, isAbout = () => true }: Pick<Endpoint<string, unknown, unknown, Reply>, 'reply' | 'isAbout'>,
  path: Readonly<Record<string, string>>,
  now: number,
): ReadAnswer<Reply> {
  const json = parseJson(answer.body);
  const success = answer.status >= 200 && answer.status < 300;
  const requestId = header(answer, 'x-request-id');
  if (!success) {
    const body = ErrorBody.safeParse(json.value).data ?? {};
    const failure = {
      ...classify(answer.status, body.error_code),
      status: answer.status,
      code: body.error_code,
      vendorMessage: body.error_msg,
      requestId: requestId ?? body.request_id,
      retryAfterMs: parseRetryAfter(header(answer, 'retry-after'), now),
    };
    return { ok: false, failure };
  }
  const unusable = (code: ClientCode, reason: string): ReadAnswer<Reply> => ({
    ok: false,
    failure: { ...possiblyDone, status: answer.status, code, requestId, reason },
  });
  if (!answer.complete) return unusable('reply-unreadable', 'the answer broke off');
  if (!json.ok) return unusable('reply-unreadable', 'the answer is not JSON');
  const complaint = errorInside(json.value);
  if (complaint) {
    const why = `the answer has status ${answer.status}, and its body is an error: ${complaint}`;
    return unusable('reply-unexpected', why);
  }
  const parsed = reply.safeParse(json.value);
  if (!parsed.success) {
    const why = `the answer is not what its page describes: ${describeIssues(parsed.error)}`;
    return unusable('reply-unexpected', why.slice(0, MAX_FOREIGN_TEXT));
  }
  if (!isAbout(parsed.data, path))
    return unusable('reply-unexpected', `the answer is not about ${Object.values(path).join(', ')}`);
  return { ok: true, reply: parsed.data, status: answer.status };
}

/** Fields of errors only: the vendor's own, and the spellings of gateways. */
const ERROR_FIELDS = ['error_code', 'error_msg', 'errorCode', 'errorMsg', 'error', 'errors'] as const;

/** The text of an error in a body with a success status. Such a body is no reply. */
function errorInside(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const words = ERROR_FIELDS.map((field) => fields.get(field)).filter(saysSomething);
  // An error of Kubernetes, which is behind the API.
  if (words.length === 0 && fields.get('kind') === 'Status')
    words.push(...[fields.get('reason'), fields.get('message'), 'Status'].filter(saysSomething));
  const texts = words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word)));
  return texts.length === 0 ? undefined : texts.join(' ').slice(0, MAX_FOREIGN_TEXT);
}

function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** Classifies a request that got no answer. */
export function readNoAnswer({ why, sent, cause }: NoAnswer, timeoutMs: number): AttemptFailure {
  const outcome = sent ? 'unknown' : 'not-sent';
  const detail = cause && `: ${cause.message}`;
  const known: Record<NoAnswer['why'], { code: ClientCode; reason: string }> = {
    'timed-out': { code: 'timed-out', reason: `no answer within ${Math.round(timeoutMs)} ms` },
    aborted: { code: 'aborted', reason: 'its caller stopped waiting' },
    connection: sent
      ? { code: 'connection-lost', reason: `the connection was lost${detail}` }
      : { code: 'connection-failed', reason: `no connection was made${detail}` },
  };
  return { ...possiblyDone, outcome, ...known[why] };
}

/** An empty body is `undefined`. */
function parseJson(text: string): { ok: boolean; value?: unknown } {
  if (text.trim() === '') return { ok: true };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

function header({ headers }: Answer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
