import * as z from 'zod';
import { type Classification, classify } from './classification.ts';
import type { ClientCode, ModelArtsFailure } from './errors.ts';
import type { Answer, NoAnswer } from './exchange.ts';
import { describeIssues } from './issues.ts';
import { parseRetryAfter } from './retry.ts';

/** What a failed exchange tells; the client adds which call it was. */
export type AttemptFailure = Classification &
  Pick<ModelArtsFailure, 'status' | 'code' | 'vendorMessage' | 'requestId' | 'retryAfterMs' | 'reason'>;

export type ReadAnswer<Reply> =
  | { readonly ok: true; readonly reply: Reply; readonly status: number }
  | { readonly ok: false; readonly failure: AttemptFailure };

/** ModelArts answers the first two, the gateway in front of it all three (docs/modelarts-api.md 5.1, 5.2). */
const ErrorBody = z.looseObject({
  error_code: z.string().optional().catch(undefined),
  error_msg: z.string().optional().catch(undefined),
  request_id: z.string().optional().catch(undefined),
});

const possiblyDone = {
  outcome: 'unknown',
  transient: true,
  throttled: false,
  credentialsRefused: false,
} as const;

/** Turns an answer into the endpoint's reply, or into what is known about why there is none. */
export function readAnswer<Reply>(answer: Answer, reply: z.ZodType<Reply>, now: number): ReadAnswer<Reply> {
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
  const unusable = (code: ClientCode, reason: string, transient: boolean): ReadAnswer<Reply> => ({
    ok: false,
    failure: { ...possiblyDone, transient, status: answer.status, code, requestId, reason },
  });
  if (!answer.complete) return unusable('reply-unreadable', 'the answer broke off', true);
  if (!json.ok) return unusable('reply-unreadable', 'the answer is not JSON', true);
  const parsed = reply.safeParse(json.value);
  return parsed.success
    ? { ok: true, reply: parsed.data, status: answer.status }
    : unusable(
        'reply-unexpected',
        `the answer is not what its page describes: ${describeIssues(parsed.error)}`,
        false,
      );
}

/** Says what is known when no answer came. */
export function readNoAnswer({ why, sent, cause }: NoAnswer, timeoutMs: number): AttemptFailure {
  const outcome = sent ? 'unknown' : 'not-sent';
  const detail = cause && `: ${cause.message}`;
  const known: Record<NoAnswer['why'], { code: ClientCode; reason: string }> = {
    'timed-out': { code: 'timed-out', reason: `no answer within ${Math.round(timeoutMs)} ms` },
    aborted: { code: 'aborted', reason: 'its caller gave up waiting' },
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
