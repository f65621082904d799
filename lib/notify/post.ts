import { Pool } from 'undici';
import { type Answer, exchange, type NoAnswer } from '#lib/http/exchange';
import { parseRetryAfter } from '#lib/http/retry';
import type { ReadReply } from './kinds/kind.ts';

/** One POST, ready to send. Its URL, its headers and its body hold secrets. */
export type NoticeRequest = {
  url: URL;
  headers: Record<string, string>;
  body: Uint8Array;
  /** Reads an answer that its status alone does not explain. */
  readReply?: ReadReply;
  /** The secrets in it. No text about an answer repeats one. */
  secrets?: readonly string[];
};

/**
 * The result of a POST. `refused`: the same request would be refused again. `thread`: the receiver's name for the thread of
 * the message, if it has threads. `why` contains no part of the URL.
 */
export type Delivery =
  | { outcome: 'told'; thread?: string }
  | { outcome: 'refused'; why: string }
  | { outcome: 'failed'; why: string; retryAfterMs?: number };

/** Sends one request once, within `timeoutMs`. Never rejects. */
export type Post = (
  request: NoticeRequest,
  options: { timeoutMs: number; signal: AbortSignal; now: number },
) => Promise<Delivery>;

/** Limit of the part of an answer that is read: only its status, and a code in it, matter. */
const MAX_REPLY_BYTES = 16 * 1024;

/** Refusals that pass: the request came too slowly, too early or too often. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * POSTs over a connection of its own: recipients get requests seldom, and an idle connection may be closed by now. It
 * follows no redirects, because the rules file decides who gets a notice.
 */
export const post: Post = async (request, { timeoutMs, signal, now }) => {
  const { url, headers, body } = request;
  const connection = new Pool(url.origin, { allowH2: false, connections: 1 });
  try {
    const limits = { timeoutMs, maxReplyBytes: MAX_REPLY_BYTES, signal };
    const exchanged = await exchange(connection, { method: 'POST', url, headers, body }, limits);
    return exchanged.kind === 'answer'
      ? readAnswer(exchanged, request, now)
      : readNoAnswer(exchanged, timeoutMs);
  } finally {
    // Not `close`, which waits for a connection that is still being made.
    await connection.destroy();
  }
};

function readAnswer({ status, headers, body }: Answer, request: NoticeRequest, now: number): Delivery {
  const read = request.readReply?.({ status, body });
  if (read) return read;
  if (status >= 200 && status < 300) return { outcome: 'told' };
  const why = ['answered', status, codeIn(body, request)].filter((part) => part !== undefined).join(' ');
  if (status >= 500 || PASSING.has(status)) {
    const retryAfterMs = parseRetryAfter(headers['retry-after'], now);
    return { outcome: 'failed', why, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (status < 400) return { outcome: 'refused', why: `${why}: redirects are not followed` };
  return { outcome: 'refused', why };
}

function readNoAnswer({ why, cause }: NoAnswer, timeoutMs: number): Delivery {
  const code = cause && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  const says: Record<NoAnswer['why'], string> = {
    'timed-out': `did not answer within ${Math.round(timeoutMs)} ms`,
    aborted: 'did not answer before the function had to end',
    connection: `could not be reached, or broke off${code}`,
  };
  return { outcome: 'failed', why: says[why] };
}

/**
 * The code in a refusal: `channel_is_archived` from chats, `SMN.00010007` from SMN. Longer texts and texts from the request are
 * omitted, because an answer may repeat a secret.
 */
function codeIn(body: string, { url, secrets = [] }: NoticeRequest): string | undefined {
  const [code] = /(?<=^|code"\s*:\s*")(?:[a-z]+(?:_[a-z]+)+|[A-Z]+\.\d{4,})(?="|\s*$)/.exec(body) ?? [];
  return code === undefined || [url.href, ...secrets].some((text) => text.includes(code)) ? undefined : code;
}
