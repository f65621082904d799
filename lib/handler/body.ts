import { beyondBounds, type JsonBounds, MESSAGE_BOUNDS } from '#lib/bounds';
import { readJson, type TextBounds } from '#lib/read-json';
import { HttpProblem } from './problem.ts';

/** A body as it was received, with the headers that describe it. Header names are in lower case. */
export type ReceivedBody = {
  body: Buffer;
  headers?: Readonly<Record<string, string | undefined>>;
};

/** The largest body that a route accepts. */
export type BodyLimits = {
  maxBytes: number;
  /** Absent: those of a large delivery; the route limits the parts by itself. */
  bounds?: JsonBounds;
};

const DEFAULT_LIMITS: BodyLimits = { maxBytes: MESSAGE_BOUNDS.bytes, bounds: MESSAGE_BOUNDS };

/** Thousands of alerts have fewer values than this. The depth is generous, so that one odd alert does not harm its neighbours. */
const DELIVERY_BOUNDS = { depth: 500, values: 500_000 };

/**
 * The types of a body with JSON. Some senders call it text, and `curl -d` calls everything a form.
 */
const JSON_TYPE = /^(?:application\/(?:json|[\w.+-]+\+json|x-www-form-urlencoded)|text\/(?:json|plain))$/;

const LINES_TYPE = /^application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines)$/;

const CHARSET = /^(?:utf-?8|us-ascii)$/;

/**
 * The body as JSON. Its type, size, encoding, depth, number of values and keys are checked before it is parsed.
 *
 * @throws HttpProblem 400, 413 or 415.
 */
export function bodyAsJson(
  { body, headers = {} }: ReceivedBody,
  { maxBytes, bounds }: BodyLimits = DEFAULT_LIMITS,
): unknown {
  requireUncompressed({ headers });
  requireType(headers);
  requireSize(body, maxBytes);
  const read = readJson(textOf(body), bounds ?? DELIVERY_BOUNDS);
  if ('why' in read) throw wrongBody(read.why);
  const tooMuch = bounds && beyondBounds(read.value, bounds);
  if (tooMuch !== undefined) throw wrongBody(tooMuch);
  return read.value;
}

/** Whether a request promises one JSON value in each line. */
export function isJsonLines({ headers = {} }: Pick<ReceivedBody, 'headers'>): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return LINES_TYPE.test(type.trim().toLowerCase());
}

/**
 * A body with one JSON value in each line. Each line is read by itself, so a bad one does not harm its neighbours.
 *
 * @returns for each line that is not empty its value, or the reason against it, to complete "It ...".
 * @throws HttpProblem 400, 413 or 415.
 */
export function bodyAsLines(
  { body, headers = {} }: ReceivedBody,
  { maxBytes, maxLines, bounds }: { maxBytes: number; maxLines: number; bounds: TextBounds },
): ReturnType<typeof readJson>[] {
  requireUncompressed({ headers });
  requireType(headers, LINES_TYPE);
  requireSize(body, maxBytes);
  const lines = textOf(body)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length > maxLines) throw wrongBody(`has ${lines.length} lines; the limit is ${maxLines}`);
  return lines.map((line) => readJson(line, bounds));
}

function requireSize({ length }: Buffer, maxBytes: number): void {
  if (length <= maxBytes) return;
  throw new HttpProblem(413, 'Content Too Large', `The body has ${length} bytes; the limit is ${maxBytes}`);
}

/**
 * Refuses a compressed body unread: a few bytes can stand for gigabytes, and no known sender compresses.
 *
 * @throws HttpProblem 415
 */
export function requireUncompressed({ headers }: Pick<Required<ReceivedBody>, 'headers'>): void {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity')
    throw unsupported(
      `The body has the encoding ${JSON.stringify(encoding.slice(0, 50))}: send it uncompressed`,
    );
}

function requireType(headers: ReceivedBody['headers'] = {}, types: RegExp = JSON_TYPE): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  if (type !== '' && !types.test(type))
    throw unsupported(
      `The body has the type ${JSON.stringify(type.slice(0, 100))}: send JSON with the type application/json`,
    );
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (charset !== undefined && !CHARSET.test(charset))
    throw unsupported(`The body has the charset ${JSON.stringify(charset.slice(0, 50))}: send UTF-8`);
}

function textOf(body: Buffer): string {
  const text = utf8TextOf(body);
  if (text === undefined) throw wrongBody('is not UTF-8 text');
  return text;
}

/** The text in bytes, or undefined if they are not UTF-8. */
export function utf8TextOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** `why` completes "The body ...". */
function wrongBody(why: string): HttpProblem {
  const [, detail = why] = /^is not JSON: (.+)$/s.exec(why) ?? [];
  return new HttpProblem(400, 'Bad Request', `The body ${why}`, [{ field: '(body)', message: detail }]);
}

function unsupported(why: string): HttpProblem {
  return new HttpProblem(415, 'Unsupported Media Type', why);
}
