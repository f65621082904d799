import * as z from 'zod';
import { fieldProblems } from '#lib/issues';
import type { Variables } from './stage-settings.ts';

/** The network of the functions that hold an access key of Huawei Cloud. */
export type Network =
  /** One that the stack makes, whose one address never changes. */
  | { kind: 'fixed-address' }
  /** One that is there already. */
  | { kind: 'own'; subnets: readonly string[]; securityGroups: readonly string[] };

const listOfIds = (prefix: string) =>
  z
    .string(`is not set: name the ids, with commas between`)
    .transform((text) => text.split(',').map((id) => id.trim()))
    .refine((ids) => ids.every((id) => new RegExp(`^${prefix}-[0-9a-f]{8,17}$`).test(id)), {
      error: `must be ids such as ${prefix}-0a1b2c3d4e5f60718, with commas between`,
    });

const OwnNetwork = z.object({
  POOLKEEPER_SUBNETS: listOfIds('subnet'),
  POOLKEEPER_SECURITY_GROUPS: listOfIds('sg'),
});

/**
 * The network that the variables of a deployment name. Undefined: none, and calls leave from changing addresses of AWS.
 *
 * @throws Error naming each variable that is missing or wrong
 */
export function readNetwork(variables: Variables): Network | undefined {
  const { POOLKEEPER_NETWORK: kind } = variables;
  const names = Object.keys(OwnNetwork.shape).filter((name) => variables[name]);
  if (kind === 'fixed-address') {
    if (names.length === 0) return { kind };
    throw wrong(
      `POOLKEEPER_NETWORK is fixed-address, a network of the stack's own: unset ${names.join(' and ')}`,
    );
  }
  if (kind && kind !== 'own') throw wrong('POOLKEEPER_NETWORK must be fixed-address or own');
  if (!kind && names.length === 0) return undefined;
  const given = Object.fromEntries(names.map((name) => [name, variables[name]]));
  const parsed = OwnNetwork.safeParse(given);
  if (!parsed.success)
    throw wrong(
      fieldProblems(parsed.error.issues)
        .map(({ field, message }) => `${field} ${message}`)
        .join('; '),
    );
  const { POOLKEEPER_SUBNETS: subnets, POOLKEEPER_SECURITY_GROUPS: securityGroups } = parsed.data;
  return { kind: 'own', subnets, securityGroups };
}

function wrong(why: string): Error {
  return new Error(`The network cannot be declared: ${why} (docs/deploy.md)`);
}
