import * as z from 'zod';
import { RequestError } from './http-json.ts';

const Failure = z.looseObject({ errorMessage: z.string() });

/**
 * Invokes a function with an event as its schedule does, and waits for its end. `endpoint` serves Lambda's Invoke operation.
 *
 * @throws RequestError when nobody answers, and when the function fails, with what it says
 */
export async function invokeFunction(
  endpoint: string,
  name: string,
  event: unknown,
  signal: AbortSignal,
): Promise<void> {
  const url = `${endpoint}/2015-03-31/functions/${name}/invocations`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(event), signal }).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      throw new RequestError(`Nobody answers at ${endpoint}.`, undefined, { cause: error });
    },
  );
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
