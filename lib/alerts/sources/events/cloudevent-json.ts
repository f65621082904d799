import { CloudEventContext } from '#events/cloudevent';
import { beyondBounds, excerpt, type JsonBounds } from '#lib/bounds';
import { utf8TextOf } from '#lib/handler/body';
import { isRecord } from '#lib/is-record';
import { type FieldProblem, fieldProblems } from '#lib/issues';
import { readJson } from '#lib/read-json';

/** CloudEvents asks receivers to accept 64 KB. */
const BOUNDS: JsonBounds = { depth: 24, values: 5_000, bytes: 256 * 1024 };

/**
 * One event: its attributes, and its data as JSON. Data that is no JSON is a sentence instead: it is no reason to refuse the envelope.
 * A bad event has the wrong attributes in place of both, and its id if that is readable.
 */
export type ReadEvent =
  | { kind: 'event'; context: CloudEventContext; data: unknown; noData?: string | undefined }
  | { kind: 'bad'; id?: string | undefined; problems: FieldProblem[] };

/** An event in the JSON event format. `null` is absent. */
export function fromJson(value: unknown): ReadEvent {
  if (!isRecord(value)) return bad([{ field: '(event)', message: 'must be an object' }]);
  const tooMuch = beyondBounds(value, BOUNDS);
  if (tooMuch !== undefined) return bad([{ field: '(event)', message: tooMuch }], value);
  const present = Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
  const { data, data_base64, ...attributes } = present;
  const parsed = CloudEventContext.safeParse(attributes);
  const problems = parsed.success ? [] : fieldProblems(parsed.error.issues, '(event)');
  if (data !== undefined && data_base64 !== undefined)
    problems.push({ field: 'data_base64', message: 'must not be there beside data' });
  const bytes = data_base64 === undefined ? undefined : decodeBase64(data_base64);
  if (data_base64 !== undefined && bytes === undefined)
    problems.push({ field: 'data_base64', message: 'must be a text in Base64' });
  if (!parsed.success || problems.length > 0) return bad(problems, value);
  const context = parsed.data;
  if (!isJsonType(context.datacontenttype))
    return { kind: 'event', context, data: undefined, noData: notJson(context.datacontenttype) };
  if (bytes === undefined) return { kind: 'event', context, data };
  return { kind: 'event', context, ...dataOf(bytes) };
}

/** The data of an event as JSON, or the reason why it is none. */
export function dataOf(bytes: Buffer): { data: unknown; noData?: string } {
  if (bytes.length === 0) return { data: undefined };
  const text = utf8TextOf(bytes);
  if (text === undefined) return { data: undefined, noData: 'its data is not UTF-8 text' };
  const read = readJson(text, BOUNDS);
  const problem = 'why' in read ? read.why : beyondBounds(read.value, BOUNDS);
  return 'value' in read && problem === undefined
    ? { data: read.value }
    : { data: undefined, noData: excerpt(`its data ${problem}`, 300) };
}

/** Whether data is JSON by its media type. Without one it is. */
export function isJsonType(mediaType: string | undefined): boolean {
  return mediaType === undefined || /^[^;]*[/+]json\s*(?:;|$)/i.test(mediaType);
}

/** The reason why data of another media type is not read. */
export function notJson(mediaType = ''): string {
  return `its data is ${excerpt(mediaType, 100)}: only JSON is read`;
}

function bad(problems: FieldProblem[], { id }: { id?: unknown } = {}): ReadEvent {
  return {
    kind: 'bad',
    problems,
    ...(typeof id === 'string' && id !== '' && { id }),
  };
}

function decodeBase64(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined;
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(text);
  return isBase64 ? Buffer.from(text, 'base64') : undefined;
}
