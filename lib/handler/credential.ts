import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { CLOCK_AHEAD_MS } from '#lib/bounds';
import type { Caller } from '#lib/callers';
import type { Claims } from './claims.ts';

/** The parts of a request that may prove its sender. Header names are in lower case. */
export type Presented = {
  headers: Readonly<Record<string, string | undefined>>;
  body?: Buffer;
  /** The claims of the token, if an authorizer before the function has checked one. */
  claims?: Claims;
};

/**
 * The sender of a request. `unknown`: nothing proves that the sender has a token. `hasProof`: the request tries to prove it.
 */
export type Sender = { kind: 'known'; caller: Caller } | { kind: 'unknown'; why: string; hasProof: boolean };

/**
 * The headers of a signature, and of the time that it covers.
 *
 * Grafana 12 and later sign a webhook: HMAC-SHA256 in hex, over the body or over `{Unix seconds}:{body}`. The name of the header of
 * the signature is Grafana's default; the one of the time has none, so it is set in Grafana as named here (grafana.com/docs, "Configure
 * webhook notifications"; grafana/alerting, `HMACRoundTripper`). Other senders sign alike with the headers of Poolkeeper.
 */
const SIGNATURES = [
  { signature: 'x-grafana-alerting-signature', time: 'x-grafana-alerting-timestamp' },
  { signature: 'x-poolkeeper-signature', time: 'x-poolkeeper-timestamp' },
] as const;

/** Older signatures may be copies of a former request. */
const MAX_AGE_S = CLOCK_AHEAD_MS / 1_000;

/**
 * Checks who has sent a request: a bearer token and, for a source of alerts, also the password of basic authentication or a
 * signature with the token as its key. A signature decides alone, because it speaks for the body.
 *
 * The time of the check reveals neither how much of a token was right nor which one it was.
 *
 * @param isForSource whether the request is for a source of alerts. People present a bearer token: a browser would repeat a password by
 * itself.
 */
export function senderOf(
  request: Presented,
  callers: readonly Caller[],
  now: number,
  isForSource: boolean,
): Sender {
  const signed = isForSource
    ? SIGNATURES.find(({ signature }) => request.headers[signature] !== undefined)
    : undefined;
  return signed ? bySignature(request, signed, callers, now) : byToken(request, callers, isForSource);
}

/** Whether a request proves its sender by a signature. It covers the body, and no other header. */
export function isSigned(headers: Presented['headers']): boolean {
  return SIGNATURES.some(({ signature }) => headers[signature] !== undefined);
}

/**
 * The name of the request that a sender has signed at one time: the same again is a copy. Undefined without a signature that covers a time.
 */
export function signedRequestId(headers: Presented['headers']): string | undefined {
  const names = SIGNATURES.find(({ signature }) => headers[signature] !== undefined);
  const time = names && headers[names.time];
  const hex = names && hexIn(headers[names.signature]);
  return time === undefined || hex === undefined ? undefined : `signed-${time}-${hex}`;
}

function byToken({ headers }: Presented, callers: readonly Caller[], isForSource: boolean): Sender {
  const { authorization = '' } = headers;
  const presented = bearerIn(authorization) ?? (isForSource ? passwordIn(authorization) : undefined);
  const digest = sha256(presented ?? '');
  const caller = callerWith(callers, (token) => timingSafeEqual(sha256(token), digest));
  if (caller && presented !== undefined) return { kind: 'known', caller };
  const why =
    presented === undefined
      ? 'The request has no token: set the header Authorization to "Bearer" and the token of this route'
      : 'The bearer token is not valid for this route: check that the sender has the right, current token';
  return { kind: 'unknown', why, hasProof: presented !== undefined };
}

function bySignature(
  { headers, body = Buffer.alloc(0) }: Presented,
  names: (typeof SIGNATURES)[number],
  callers: readonly Caller[],
  now: number,
): Sender {
  const hex = hexIn(headers[names.signature]);
  if (hex === undefined)
    return refused(`The header ${names.signature} must be an HMAC-SHA256 in 64 hex digits`);
  const time = headers[names.time];
  const whyNotNow = time === undefined ? undefined : whyNotRecent(time, now);
  if (whyNotNow !== undefined) return refused(`The header ${names.time} ${whyNotNow}`);
  const given = Buffer.from(hex, 'hex');
  const caller = callerWith(callers, (token) => {
    const hmac = createHmac('sha256', token);
    if (time !== undefined) hmac.update(`${time}:`);
    return timingSafeEqual(hmac.update(body).digest(), given);
  });
  return caller
    ? { kind: 'known', caller }
    : refused(
        `The signature in ${names.signature} does not fit the body and any token: check the secret of the sender, and that nothing changes the body on its way`,
      );
}

function hexIn(signature = ''): string | undefined {
  return /^(?:sha256=)?([0-9a-f]{64})$/i.exec(signature)?.[1]?.toLowerCase();
}

function refused(why: string): Sender {
  return { kind: 'unknown', why, hasProof: true };
}

function whyNotRecent(time: string, now: number): string | undefined {
  if (!/^\d{1,12}$/.test(time)) return 'must be the Unix time in seconds';
  const ageS = now / 1_000 - Number(time);
  if (Math.abs(ageS) <= MAX_AGE_S) return undefined;
  const here = Math.floor(now / 1_000);
  return `says ${time}, and the time here is ${here}: a request of another time may be a copy. Check the clocks`;
}

/** Asks about every token, even after a match. */
function callerWith(callers: readonly Caller[], fits: (token: string) => boolean): Caller | undefined {
  const [found] = callers.filter(({ tokens }) => tokens.filter(fits).length > 0);
  return found;
}

function bearerIn(authorization: string): string | undefined {
  return /^Bearer +([^ ]+) *$/i.exec(authorization)?.[1];
}

/** The user name of basic authentication says nothing: the token knows its holder. */
function passwordIn(authorization: string): string | undefined {
  const [, base64] = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization) ?? [];
  if (base64 === undefined) return undefined;
  const pair = Buffer.from(base64, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? undefined : pair.slice(colon + 1);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
