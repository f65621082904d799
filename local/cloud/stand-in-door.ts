import type { IncomingMessage } from 'node:http';
import { isAddressedHere, MISDIRECTED } from './addressed.ts';
import { isFromWebPage } from './loopback-server.ts';
import { isOfThisRun, type RunCredentials } from './run-credentials.ts';

/** Says why a stand-in refuses a request; undefined means it serves it. A command on a stand-in's queue can wipe a machine. */
export function refusalAtDoor(
  request: Pick<IncomingMessage, 'headers'>,
  credentials: RunCredentials,
): { status: number; why: string } | undefined {
  if (!isAddressedHere(request)) return { status: MISDIRECTED, why: 'the Host is not this machine' };
  if (isFromWebPage(request)) return { status: 403, why: 'not for web pages' };
  if (!isOfThisRun(request, credentials)) return { status: 403, why: 'not with the credentials of this run' };
  return undefined;
}
