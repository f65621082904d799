import { isIPv6 } from 'node:net';

/** The address on which only programs of this machine reach a server. */
export const LOOPBACK = '127.0.0.1';

/** The addresses that stand for all addresses of a machine, with the one under which the machine reaches itself. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': LOOPBACK, '::': '::1' };

/** Whether programs of other machines may reach a server that listens on this address. */
export function isWide(host: string): boolean {
  return !/^(localhost|127(\.\d+){3}|::1)$/.test(host);
}

/** Whether this address stands for all addresses of the machine. */
export function isWildcard(host: string): boolean {
  return host in WILDCARDS;
}

/** The URL under which programs of this machine reach a server. An IPv6 address stands in brackets there. */
export function urlOf(host: string, port: number): string {
  return `http://${authority(WILDCARDS[host] ?? host)}:${port}`;
}

/** A host as a URL and a Host header write it. */
export function authority(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** The address at which a connection came in, as a Host header writes it. A system with IPv6 writes an IPv4 address with a prefix. */
export function arrivedAt({ localAddress = '' }: { localAddress?: string | undefined }): string {
  return authority(localAddress.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, ''));
}
