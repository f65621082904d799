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
  headers?: Readonly<Record<string, string>>;
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
  request: JsonRequest,
): Promise<z.output<Schema>> {
  return read(schema, await ask(request));
}

/** An answer, with its tag. */
export type Changed<Content> = { content: Content; tag: string | undefined };

/**
 * The same, unless the answer is the one that the caller has.
 *
 * @param tag of the answer that the caller has; undefined: it has none
 * @returns undefined if the answer is the same
 * @throws RequestError as `requestJson` does
 */
export async function requestIfChanged<Schema extends z.ZodType>(
  schema: Schema,
  request: JsonRequest,
  tag: string | undefined,
): Promise<Changed<z.output<Schema>> | undefined> {
  const response = await ask(request, tag === undefined ? {} : { 'if-none-match': tag });
  if (response.status === 304) return undefined;
  return { content: await read(schema, response), tag: response.headers.get('etag') ?? undefined };
}

async function ask(
  { method, url, token, headers, body, contentType = 'application/json', signal }: JsonRequest,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method,
    headers: {
      ...headers,
      ...more,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': contentType }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new RequestError(`No server answers at ${new URL(url).origin}.`, undefined, { cause: error });
  });
}

async function read<Schema extends z.ZodType>(schema: Schema, response: Response): Promise<z.output<Schema>> {
  const text = await response.text();
  if (!response.ok) throw new RequestError(describeProblem(response, text), response.status);
  const answer = schema.safeParse(parseJson(text));
  if (answer.success) return answer.data;
  const { origin } = new URL(response.url);
  throw new RequestError(
    `The answer of ${origin} is not one of Poolkeeper: check the address, and any proxy before it.`,
    undefined,
    { cause: answer.error },
  );
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
