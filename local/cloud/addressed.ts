import type { IncomingMessage } from 'node:http';

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Whether the Host of a request is this machine or one of `hosts`. A web page can point its own host name to loopback, but the
 * browser still sends that name.
 */
export function isAddressedHere(
  { headers }: Pick<IncomingMessage, 'headers'>,
  hosts: readonly string[] = [],
): boolean {
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  return LOOPBACK_NAMES.has(name) || hosts.includes(name);
}

/** The status for a request whose Host is another machine (RFC 9110, 15.5.20). */
export const MISDIRECTED = 421;
