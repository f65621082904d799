import { signal } from '@preact/signals';
import { printable } from '#lib/printable';
import { signOut, token } from './session.ts';

/** A refusal or a failure, in words for the person at the page. `status` 0: no answer came. */
export type Problem = { status: number; title: string; detail: string; isForeign?: boolean };

export type Answer<Value> =
  | { kind: 'value'; value: Value; text: string; etag: string | undefined }
  | { kind: 'unchanged' }
  | { kind: 'problem'; problem: Problem };

/** Whether answers come. `silentSince`: since when none comes. Epoch milliseconds. */
export const connection = signal<{ lastAt?: number; silentSince?: number }>({});

/** Reads a route. `etag`: of the answer that the page has already. */
export function read<Value>(path: string, etag?: string): Promise<Answer<Value>> {
  return ask<Value>('GET', path, undefined, etag);
}

/** Sends to a route. */
export function send<Value>(method: string, path: string, body: unknown = {}): Promise<Answer<Value>> {
  return ask<Value>(method, path, body, undefined);
}

async function ask<Value>(
  method: string,
  path: string,
  body: unknown,
  etag: string | undefined,
): Promise<Answer<Value>> {
  const asked = token.value;
  const headers: Record<string, string> = {
    ...(asked !== undefined && { authorization: `Bearer ${asked}` }),
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const request = { method, headers, cache: 'no-store' as const };
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, body === undefined ? request : { ...request, body: JSON.stringify(body) });
    text = await response.text();
  } catch {
    const { lastAt, silentSince = Date.now() } = connection.peek();
    connection.value = { silentSince, ...(lastAt !== undefined && { lastAt }) };
    return { kind: 'problem', problem: noAnswer };
  }
  connection.value = { lastAt: Date.now() };
  if (response.status === 304) return { kind: 'unchanged' };
  if (response.ok) {
    const value = parsed(text);
    if (value === undefined) return { kind: 'problem', problem: unreadable(response.status) };
    return { kind: 'value', value: value.json, text, etag: response.headers.get('etag') ?? undefined };
  }
  const problem = problemOf(response, text);
  if (response.status === 401 && asked === token.value) signOut(problem.detail);
  return { kind: 'problem', problem };
}

const noAnswer: Problem = {
  status: 0,
  title: 'No answer',
  detail: 'Poolkeeper does not answer. It may be stopped, or the network is away.',
};

function unreadable(status: number): Problem {
  return {
    status,
    title: 'Not readable',
    detail: 'The answer is no JSON. A proxy may have answered instead.',
  };
}

/** Characters that a browser obeys instead of showing them, as they are or escaped in JSON. */
const ODD = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\\[unrtbf]/u;

/**
 * The JSON of an answer. Texts in it may come from strangers: characters that would hide text or turn its direction are spelled out.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the shapes of the answers are in types.ts
function parsed(text: string): { json: any } | undefined {
  try {
    const isOdd = ODD.test(text.trimEnd());
    return {
      json: isOdd
        ? JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? printable(value) : value))
        : JSON.parse(text),
    };
  } catch {
    return undefined;
  }
}

/** Problem details of Poolkeeper. Other answers come from a gateway or a proxy, and say less. */
function problemOf({ status, headers, statusText }: Response, text: string): Problem {
  const isOwn = headers.get('content-type')?.startsWith('application/problem+json') === true;
  const body = parsed(text)?.json;
  const detail =
    said(body?.detail) ?? said(body?.message) ?? said(body?.error) ?? `The answer is ${status} ${statusText}`;
  const fields: unknown[] = Array.isArray(body?.errors) ? body.errors : [];
  const named = fields.flatMap((field) => fieldText(field));
  return {
    status,
    title: said(body?.title) ?? (statusText || `Status ${status}`),
    detail: [detail, ...named].join('\n'),
    ...(!isOwn && { isForeign: true }),
  };
}

function said(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function fieldText(field: unknown): string[] {
  if (typeof field !== 'object' || field === null) return [];
  const { field: name, message } = { field: '', message: '', ...field };
  return [`${name}: ${message}`];
}
