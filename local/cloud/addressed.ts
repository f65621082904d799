import type { IncomingMessage } from 'node:http';

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Whether a request names this machine, or one of `hosts`, as the one that it is for. A web page whose name was made to point
 * to loopback does not: the browser sends the page's own name.
 */
export function isAddressedHere(
  { headers }: Pick<IncomingMessage, 'headers'>,
  hosts: readonly string[] = [],
): boolean {
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  return LOOPBACK_NAMES.has(name) || hosts.includes(name);
}

/** Answered to a request that is for somebody else (RFC 9110, 15.5.20). */
export const MISDIRECTED = 421;
