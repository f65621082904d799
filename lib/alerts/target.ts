import { isNameOfEveryObject } from '#lib/bounds';

/** An alert's word for its node: the node's name, or a private address that the node list has to resolve. */
export type Target = { kind: 'name'; name: string } | { kind: 'address'; address: string };

const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const NODE_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Reads a node's name or IPv4 address, with or without a port. Undefined for anything else. */
export function parseTarget(text: string): Target | undefined {
  const host = text.trim().replace(/:\d{1,5}$/, '');
  if (ADDRESS.test(host)) return { kind: 'address', address: host };
  if (NODE_NAME.test(host) && !isNameOfEveryObject(host)) return { kind: 'name', name: host };
  return undefined;
}

/** The target as one word. */
export function targetText(target: Target): string {
  return target.kind === 'name' ? target.name : target.address;
}
