import { brokenEntry } from './broken-entry.ts';
import { isJsonObject, type JsonObject, positionsOf, without } from './json.ts';
import type { Oddity } from './oddity.ts';

/** Draws a whole number from 0 to `count - 1`, to choose an entry, a field or an odd word. */
export type Choose = (count: number) => number;

const UNKNOWN_PHASES = ['Unhealthy', 'abnormal', 'Isolated', 'Terminated', ''] as const;
/** The beginning of each token that leads nowhere new. */
const ODD_TOKEN = 'b2Rk';
const FORGOTTEN_TOKEN = `${ODD_TOKEN}LXRva2Vu`;
const FAR_TOO_MANY = 1_000_000;

/**
 * Makes the body of a successful read odd. It does not change the given body. If the body cannot be odd in this way (an
 * empty list has no double entry), it returns it unchanged.
 *
 * @param body as the API sends it: a list with `items`, or a single object.
 * @param choose the same choices give the same result.
 */
export function degrade(body: unknown, oddity: Oddity, choose: Choose = () => 0): unknown {
  if (oddity === 'error-in-200')
    return { error_code: 'ModelArts.0001', error_msg: 'An internal error occurred.' };
  if (oddity === 'empty-object') return {};
  if (!isJsonObject(body)) return body;
  const { statistics } = body;
  if (isJsonObject(statistics)) return { ...body, statistics: degrade(statistics, oddity, choose) };
  const items: readonly unknown[] | undefined = Array.isArray(body['items']) ? body['items'] : undefined;
  return items ? oddList(body, items, oddity, choose) : oddObject(body, oddity, choose);
}

type Items = readonly unknown[];

function oddObject(body: JsonObject, oddity: Oddity, choose: Choose): unknown {
  if (oddity === 'without-field') return withoutField(body, choose);
  if (oddity === 'unknown-phase') return withPhase(body, oneOf(UNKNOWN_PHASES, choose));
  return body;
}

/** Oddities of the list as a whole. */
const WHOLE: Partial<Record<Oddity, (body: JsonObject, items: Items, choose: Choose) => unknown>> = {
  'null-items': (body) => ({ ...body, items: null }),
  empty: (body) => ({ ...body, items: [] }),
  short: (body, items) => ({ ...body, items: items.slice(0, Math.floor(items.length / 2)) }),
  endless: (body, items, choose) =>
    items.length === 0 ? body : continued(body, items, `${ODD_TOKEN}${choose(2 ** 30)}`),
  'forgets-token': (body, items) =>
    items.length < 2 ? body : continued(body, items.slice(0, Math.ceil(items.length / 2)), FORGOTTEN_TOKEN),
};

/** Oddities of one entry, or a replacement for it. */
const ENTRY: Partial<
  Record<Oddity, (entry: JsonObject, next: unknown, choose: Choose) => readonly unknown[]>
> = {
  'without-field': (entry, _next, choose) => [withoutField(entry, choose)],
  'unreadable-entry': (entry, _next, choose) => [brokenEntry(entry, choose)],
  'double-entry': (entry, _next, choose) => [
    entry,
    choose(2) === 0 ? entry : withPhase(entry, choose(2) === 0 ? 'Available' : 'Abnormal'),
  ],
  'unknown-phase': (entry, _next, choose) => [withPhase(entry, oneOf(UNKNOWN_PHASES, choose))],
  'no-address': (entry) => [withAddress(entry, undefined)],
  'shared-address': (entry, next) => {
    const address = addressOf(next);
    return [address === undefined ? entry : withAddress(entry, address)];
  },
};

function oddList(body: JsonObject, items: Items, oddity: Oddity, choose: Choose): unknown {
  const whole = WHOLE[oddity];
  if (whole) return whole(body, items, choose);
  if (items.length === 0) return body;
  const index = choose(items.length);
  const entry = items[index];
  if (!isJsonObject(entry)) return body;
  if (oddity === 'without-field' && choose(8) === 0) return withoutField(body, choose);
  const next = items[(index + 1) % items.length];
  return { ...body, items: items.toSpliced(index, 1, ...(ENTRY[oddity]?.(entry, next, choose) ?? [entry])) };
}

/** A node list continues by a token, the other lists by their count. */
function continued(body: JsonObject, items: readonly unknown[], token: string): JsonObject {
  if ('count' in body) return { ...body, count: FAR_TOO_MANY, items };
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  return { ...body, metadata: { ...metadata, continue: token }, items };
}

function withoutField(body: JsonObject, choose: Choose): JsonObject {
  const places = positionsOf(body);
  const [first, ...others] = places;
  return first ? without(body, oneOf([first, ...others], choose)) : body;
}

/** A node, a pool and a node pool have their phase in `status`, a job beside its id. */
function withPhase(entry: JsonObject, phase: string): JsonObject {
  const { status } = entry;
  if (typeof entry['phase'] === 'string') return { ...entry, phase };
  return isJsonObject(status) ? { ...entry, status: { ...status, phase } } : entry;
}

/** A node has its address in `status.privateIp`, a workload those of its nodes in `hostIps`. */
function addressOf(entry: unknown): unknown {
  if (!isJsonObject(entry)) return undefined;
  const { status, hostIps } = entry;
  return isJsonObject(status) ? status['privateIp'] : hostIps;
}

function withAddress(entry: JsonObject, address: unknown): JsonObject {
  const { status } = entry;
  if (!isJsonObject(status)) return 'hostIps' in entry ? { ...entry, hostIps: address } : entry;
  return { ...entry, status: { ...status, privateIp: address } };
}

/** Whether a token for the next page comes from an odd list: it stands for the first page. */
export function isOddToken(token: string): boolean {
  return token.startsWith(ODD_TOKEN);
}

function oneOf<Item>(items: readonly [Item, ...Item[]], choose: Choose): Item {
  return items[choose(items.length)] ?? items[0];
}
