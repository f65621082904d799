import type { IncomingMessage } from 'node:http';
import { isAddressedHere, MISDIRECTED } from './addressed.ts';
import type { Roles } from './iam/roles.ts';
import { isFromWebPage } from './loopback-server.ts';
import { isOfThisRun, type RunCredentials } from './run-credentials.ts';

/** An answer of a stand-in. */
export type StandInAnswer = {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * The reason why a stand-in refuses a request; undefined if it serves the request. A command on its queue can wipe a machine.
 *
 * @param roles the functions, if they may send requests. The caller then asks their roles.
 */
export function refusalAtDoor(
  request: Pick<IncomingMessage, 'headers'>,
  credentials: RunCredentials,
  roles?: Pick<Roles, 'functionOf'>,
): { status: number; why: string } | undefined {
  if (!isAddressedHere(request))
    return { status: MISDIRECTED, why: 'the Host header must be this machine, such as 127.0.0.1' };
  if (isFromWebPage(request)) return { status: 403, why: 'web pages may not call this stand-in' };
  if (!isOfThisRun(request, credentials) && roles?.functionOf(request) === undefined)
    return { status: 403, why: 'the request needs the credentials of this run of the local system' };
  return undefined;
}
