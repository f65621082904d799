import { CloudEventContext } from '#events/cloudevent';
import type { HttpRequest } from '#lib/handler/on-http';
import { type FieldProblem, fieldProblems } from '#lib/issues';
import { dataOf, isJsonType, notJson, type ReadEvent } from './cloudevent-json.ts';

const PREFIX = 'ce-';

/** Whether a request has the attributes of an event in its headers. */
export function hasAttributeHeaders({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  return Object.keys(headers).some((name) => name.startsWith(PREFIX));
}

/**
 * An event in binary mode: each attribute is a header, and the body is the data.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#313-metadata-headers
 */
export function fromHeaders({ headers, body }: Pick<HttpRequest, 'headers' | 'body'>): ReadEvent {
  const undecoded: FieldProblem[] = [];
  const attributes: Record<string, string> = {};
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX) || value === undefined) continue;
    const text = decode(value);
    if (text === undefined)
      undecoded.push({ field: header, message: 'is not percent-encoded UTF-8: a % begins two hex digits' });
    else Object.defineProperty(attributes, header.slice(PREFIX.length), { value: text, enumerable: true });
  }
  const { 'content-type': datacontenttype } = headers;
  const parsed = CloudEventContext.safeParse({
    ...attributes,
    ...(datacontenttype !== undefined && { datacontenttype }),
  });
  const wrong = parsed.success ? [] : fieldProblems(parsed.error.issues, '(headers)').map(inHeaders);
  const names = new Set(undecoded.map(({ field }) => field));
  const problems = [...undecoded, ...wrong.filter(({ field }) => !names.has(field))];
  if (!parsed.success || problems.length > 0) return { kind: 'bad', problems };
  const context = parsed.data;
  if (!isJsonType(datacontenttype))
    return { kind: 'event', context, data: undefined, noData: notJson(datacontenttype) };
  return { kind: 'event', context, ...dataOf(body) };
}

function inHeaders({ field, message }: FieldProblem): FieldProblem {
  if (field.startsWith('(')) return { field, message };
  return { field: field === 'datacontenttype' ? 'content-type' : `${PREFIX}${field}`, message };
}

/** Unquotes a header, as senders of an earlier version quote it, and then decodes it once. */
function decode(value: string): string | undefined {
  const [, quoted] = /^\s*"((?:[^"\\]|\\.)*)"\s*$/s.exec(value) ?? [];
  const text = quoted === undefined ? value.trim() : quoted.replaceAll(/\\(.)/gs, '$1');
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
