import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** `passing`: the same request may succeed later. */
export type Got =
  | { kind: 'answer'; body: string }
  | { kind: 'refused'; why: string }
  | { kind: 'passing'; why: string };

export type HttpsGet = (url: URL, limits: { timeoutMs: number; maxBytes: number }) => Promise<Got>;

/** A host on this machine that stands for SMN in tests and in the local system, and the certificate of its own authority. */
export type StandIn = { host: string; ca: string };

type Resolve = (
  hostname: string,
  onResolved: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/** The name of the host leads into a network that is not public. */
class PrivateAddressError extends Error {
  override name = 'PrivateAddressError';
}

/**
 * A GET for addresses that come in a message from outside. It connects only to public addresses, checked on the very result of
 * the lookup that it connects to, verifies the host's certificate, and follows no redirect. Never rejects.
 *
 * @param standIn may have a private address, and only it is verified by its own authority.
 */
export function createHttpsGet(standIn?: StandIn, resolve: Resolve = resolveBySystem): HttpsGet {
  return (url, { timeoutMs, maxBytes }) =>
    new Promise((settle) => {
      const isStandIn = url.host === standIn?.host;
      const signal = AbortSignal.timeout(timeoutMs);
      const failed = (error: Error) =>
        settle(
          error instanceof PrivateAddressError
            ? { kind: 'refused', why: error.message }
            : { kind: 'passing', why: signal.aborted ? `no answer within ${timeoutMs} ms` : error.message },
        );
      const outgoing = request(url, {
        agent: false,
        signal,
        headers: { 'user-agent': 'poolkeeper', accept: '*/*' },
        ...(isStandIn ? { ca: standIn.ca } : { lookup: publicLookup(resolve) }),
      });
      outgoing.on('error', failed);
      outgoing.on('response', (incoming) => {
        const { statusCode: status = 0 } = incoming;
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxBytes) incoming.destroy(new Error(`the answer has more than ${maxBytes} bytes`));
          else chunks.push(chunk);
        });
        incoming.on('error', failed);
        incoming.on('end', () => settle(readAnswer(status, Buffer.concat(chunks).toString('utf8'))));
      });
      outgoing.end();
    });
}

function readAnswer(status: number, body: string): Got {
  if (status >= 200 && status < 300) return { kind: 'answer', body };
  if (status >= 500 || status === 429) return { kind: 'passing', why: `it answered ${status}` };
  const redirect = status >= 300 && status < 400 ? ': redirects are not followed' : '';
  return { kind: 'refused', why: `it answered ${status}${redirect}` };
}

function publicLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) =>
    resolve(hostname, (error, addresses) => {
      const refusal = error ?? whyNot(hostname, addresses);
      const [first] = addresses;
      if (refusal || !first) callback(refusal ?? null, '');
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
}

function whyNot(hostname: string, addresses: readonly LookupAddress[]): Error | undefined {
  if (addresses.length === 0) return new Error(`${hostname} has no address`);
  const hidden = addresses.find(({ address }) => !isPublicAddress(address));
  return (
    hidden && new PrivateAddressError(`${hostname} has the address ${hidden.address}, which is not public`)
  );
}

function resolveBySystem(hostname: string, onResolved: Parameters<Resolve>[1]): void {
  systemLookup(hostname, { all: true }, (error, addresses) => onResolved(error, error ? [] : addresses));
}
