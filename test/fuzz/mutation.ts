import * as fc from 'fast-check';

/** One change of a JSON value. `at` chooses the place among all places of the value. */
export type Mutation =
  | { kind: 'replace'; at: number; value: unknown }
  | { kind: 'remove'; at: number }
  | { kind: 'rename'; at: number; key: string }
  | { kind: 'repeat'; at: number; times: number }
  | { kind: 'wrap'; at: number; levels: number }
  | { kind: 'copy'; at: number; to: number };

/** One change of the bytes of a body. `at` chooses the place. */
export type ByteMutation =
  | { kind: 'insert'; at: number; bytes: Uint8Array }
  | { kind: 'cut'; at: number; length: number }
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'end'; at: number };

/** Values that were trouble somewhere: times, numbers, names of every object, controls, patterns, paths. */
const ODD_TEXTS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'NaN',
  '-0',
  '1e999',
  '9999-12-31T23:59:59-23:59',
  '0000-01-01T00:00:00+23:59',
  '2026-11-20T10:00:00Z',
  '2026-11-20 10:00:00',
  '0001-01-01T00:00:00Z',
  '+010000-01-01T00:00:00Z',
  '\u0000',
  '\u001b[2J\u001b]52;c;ZXZpbA==\u0007',
  'line\r\nline',
  '\u202egnp.exe',
  '\ud800',
  '../../../etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
  'https://smn.cn-north-4.myhuaweicloud.com@evil.test/smn/x.pem',
  '${secret:POOLKEEPER_WEBHOOK_TOKEN}',
  '{{ .Labels }}',
  '*a*a*a*a*a*b',
  'a#b#c',
  'os-node-created-00001',
  '10.0.0.1',
  '10.0.0.1:9100',
  '::1',
  'x'.repeat(300),
  'x'.repeat(5_000),
  '維'.repeat(400),
];
/** A lookup by such a name in an object that should not have it finds something. */
const NAMES_OF_EVERY_OBJECT = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
const ODD_NUMBERS = [0, -0, -1, 1.5, 1e21, -1e308, 2 ** 31, 2 ** 53, Number.MAX_SAFE_INTEGER, 5e-324, 1e15];

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.constantFrom<unknown>(...ODD_TEXTS), weight: 5 },
  { arbitrary: fc.constantFrom<unknown>(...NAMES_OF_EVERY_OBJECT), weight: 2 },
  { arbitrary: fc.constantFrom<unknown>(...ODD_NUMBERS), weight: 2 },
  { arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], [{}]), weight: 3 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 20 }), weight: 1 },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
);

const key = fc.oneof(fc.constantFrom(...ODD_TEXTS.slice(0, 20)), fc.string({ maxLength: 8 }));
const at = fc.nat(1_000);

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('replace' as const), at, value: oddValue }), weight: 6 },
  { arbitrary: fc.record({ kind: fc.constant('remove' as const), at }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('rename' as const), at, key }), weight: 2 },
  {
    arbitrary: fc.record({
      kind: fc.constant('repeat' as const),
      at,
      times: fc.constantFrom(1, 2, 3, 30),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('wrap' as const),
      at,
      levels: fc.constantFrom(1, 2, 17, 40, 3_000),
    }),
    weight: 1,
  },
  { arbitrary: fc.record({ kind: fc.constant('copy' as const), at, to: at }), weight: 2 },
);

export const byteMutation: fc.Arbitrary<ByteMutation> = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(5_000),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 4 }),
      fc.constantFrom(
        ...['\ufeff', '{"a":1,"a":2}', '[[[[', '"status":"firing",', '\\u0000', '1e999', ' '].map((text) =>
          Buffer.from(text),
        ),
      ),
    ),
  }),
  fc.record({
    kind: fc.constant('cut' as const),
    at: fc.nat(5_000),
    length: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(5_000), bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('end' as const), at: fc.nat(5_000) }),
);

const isContainer = (value: unknown): value is Place['parent'] => typeof value === 'object' && value !== null;

type Place = { parent: Record<string, unknown> | unknown[]; key: string };

/** The value with its changes. Places are counted in the value as the changes before have left it. */
export function mutated(sample: unknown, mutations: readonly Mutation[]): unknown {
  const root: { value: unknown } = { value: structuredClone(sample) };
  for (const one of mutations) {
    const places = placesIn(root);
    const place = places[one.at % places.length];
    if (place) change(place, one, places);
  }
  return root.value;
}

function change({ parent, key: name }: Place, one: Mutation, places: readonly Place[]): void {
  const value = valueAt({ parent, key: name });
  switch (one.kind) {
    case 'replace':
      return set(parent, name, one.value);
    case 'remove':
      if (Array.isArray(parent)) parent.splice(Number(name), 1);
      else delete parent[name];
      return;
    case 'rename':
      if (Array.isArray(parent)) return;
      delete parent[name];
      return set(parent, one.key, value);
    case 'repeat':
      return set(
        parent,
        name,
        Array.isArray(value) && value.length > 0 ? repeated(value, one.times) : [value],
      );
    case 'wrap':
      return set(parent, name, wrapped(value, one.levels));
    case 'copy': {
      const from = places[one.to % places.length];
      return from ? set(parent, name, copyOf(valueAt(from))) : undefined;
    }
  }
}

/** A value that is nested too deeply for a copy stays out. */
function copyOf(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return null;
  }
}

/** As an own property, also for `__proto__`. */
function set(parent: Place['parent'], name: string, value: unknown): void {
  Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
}

function valueAt({ parent, key: name }: Place): unknown {
  return Object.getOwnPropertyDescriptor(parent, name)?.value;
}

function repeated(list: readonly unknown[], times: number): unknown[] {
  return Array.from({ length: times }, () => list).flat();
}

function wrapped(value: unknown, levels: number): unknown {
  let outer = value;
  for (let level = 0; level < levels; level += 1) outer = level % 2 === 0 ? [outer] : { a: outer };
  return outer;
}

/** All places in a value, without a call stack: a change before may have nested it deeply. */
function placesIn(root: Record<string, unknown>): Place[] {
  const places: Place[] = [];
  const pending: Place['parent'][] = [root];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const [name, value] of Object.entries(parent)) {
      places.push({ parent, key: name });
      if (isContainer(value)) pending.push(value);
      if (places.length > 5_000) return places;
    }
  }
  return places;
}

/** The bytes with their changes. */
export function mutatedBytes(body: Buffer, mutations: readonly ByteMutation[]): Buffer {
  let bytes = body;
  for (const one of mutations) {
    const place = bytes.length === 0 ? 0 : one.at % bytes.length;
    if (one.kind === 'insert')
      bytes = Buffer.concat([bytes.subarray(0, place), one.bytes, bytes.subarray(place)]);
    else if (one.kind === 'cut')
      bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + one.length)]);
    else if (one.kind === 'end') bytes = bytes.subarray(0, place);
    else {
      bytes = Buffer.from(bytes);
      if (bytes.length > 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << one.bit);
    }
  }
  return bytes;
}

/** JSON of any depth: `JSON.stringify` has a call stack. */
export function textOf(value: unknown): string {
  try {
    return value === undefined ? '' : JSON.stringify(value);
  } catch {
    return `${'['.repeat(20_000)}1${']'.repeat(20_000)}`;
  }
}
