import * as z from 'zod';
import { SECRET_HEADER } from '#local/cloud/run-credentials';
import { RequestError } from './http-json.ts';
import type { RunningSystem } from './system-file.ts';

const Failure = z.looseObject({ errorMessage: z.string() });

/**
 * Invokes a function with an event as its schedule does, and waits for its end.
 *
 * @throws RequestError if no server answers, or if the function fails, with its error
 */
export async function invokeFunction(
  { endpoint, credentials }: RunningSystem['lambda'],
  name: string,
  event: unknown,
  signal: AbortSignal,
): Promise<void> {
  const url = `${endpoint}/2015-03-31/functions/${name}/invocations`;
  const headers = { [SECRET_HEADER]: credentials.sessionToken };
  const request = { method: 'POST', headers, body: JSON.stringify(event), signal };
  const response = await fetch(url, request).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new RequestError(`No server answers at ${endpoint}.`, undefined, { cause: error });
  });
  const text = await response.text();
  if (!response.ok) throw new RequestError(`${name} was not invoked: ${text}`, response.status);
  if (response.headers.has('x-amz-function-error')) {
    throw new RequestError(`${name} failed: ${messageOf(text)}`, response.status);
  }
}

function messageOf(payload: string): string {
  try {
    return Failure.parse(JSON.parse(payload)).errorMessage;
  } catch {
    return payload;
  }
}
