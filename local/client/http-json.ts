import * as z from 'zod';
import { printable } from '#lib/printable';

/** A request without an answer, or with an unwelcome one. The message is complete, with one line for each wrong field. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** Undefined: there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

type JsonRequest = {
  method: 'GET' | 'POST';
  url: string;
  token?: string;
  body?: unknown;
  /** The type of the body. @default application/json */
  contentType?: string;
  signal?: AbortSignal;
};

/** An answer with a problem: RFC 9457 problem details, or the simulator's `error`. */
const Problem = z.looseObject({
  title: z.string().optional(),
  detail: z.string().optional(),
  error: z.string().optional(),
  errors: z.array(z.looseObject({ field: z.string(), message: z.string() })).default([]),
});

/**
 * Sends a request with a JSON body and reads the JSON answer.
 *
 * @throws RequestError if no server answers, and for every answer outside of 2xx
 */
export async function requestJson<Schema extends z.ZodType>(
  schema: Schema,
  { method, url, token, body, contentType = 'application/json', signal }: JsonRequest,
): Promise<z.output<Schema>> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': contentType }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new RequestError(`No server answers at ${new URL(url).origin}.`, undefined, { cause: error });
  });
  const text = await response.text();
  if (!response.ok) throw new RequestError(describeProblem(response, text), response.status);
  return schema.parse(JSON.parse(text));
}

function describeProblem({ status, statusText }: Response, text: string): string {
  const { data: problem } = Problem.safeParse(parseJson(text));
  const { title = statusText, detail = problem?.error ?? text.trim(), errors = [] } = problem ?? {};
  return [
    `${[status, title].join(' ').trim()}${detail === '' ? '' : `: ${detail}`}`,
    ...errors.map(({ field, message }) => `  ${field}: ${message}`),
  ]
    .map(printable)
    .join('\n');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
