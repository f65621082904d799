import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { degrade, oddities } from '#test/untidy/degrade';
import type { ApiAnswer, LoggedRequest } from './route.ts';

/** How often a reading is odd in each way, where a scenario does not say more. */
const ODD_RATE = 0.0006;
const REFUSALS: Record<string, ApiAnswer> = {
  'refused-400': refused(400, 'ModelArts.0104', 'invalid parameter'),
  'refused-401': refused(401, 'APIGW.0301', 'incorrect IAM authentication information'),
  'refused-403': refused(403, 'ModelArts.0210', 'no permission for this operation'),
  'refused-404': refused(404, 'APIGW.0101', 'the API does not exist'),
  'refused-410': refused(410, 'ModelArts.0410', 'the resource version is too old'),
};

/** Every entry lacks one of its fields, or has one of another type or with an unknown word. */
const SPARSE = ['odd-sparse', 'odd-mistyped'];

/** The mishaps of a reading: each way in which its body can be odd, an earlier answer, and each status that refuses it. */
export const READING_MISHAPS: readonly string[] = [
  ...oddities.map((oddity) => `odd-${oddity}`),
  'odd-stale',
  ...SPARSE,
  ...Object.keys(REFUSALS).map((refusal) => `odd-${refusal}`),
];

const RATES = Object.fromEntries(READING_MISHAPS.map((mishap) => [mishap, ODD_RATE]));
/** How many earlier answers of each reading are remembered. */
const REMEMBERED = 6;

/** Makes the answers to readings odd, and notes in the log of the API which one is. */
export function createOddReadings({
  chance,
  fate,
  scheduler,
}: Pick<ProcessWorld, 'chance' | 'fate' | 'scheduler'>) {
  const earlier = new Map<string, { atMs: number; answer: ApiAnswer }[]>();

  /** @param key of the request: the lots are drawn by it. */
  return function spoil(
    key: string,
    given: ApiAnswer,
    { entry, query }: { entry: LoggedRequest; query: URLSearchParams },
  ): ApiAnswer {
    if (entry.method !== 'GET' || given.status !== 200) return given;
    const which = questionOf(entry, query);
    const known = earlier.get(which) ?? [];
    earlier.set(which, [
      ...known.slice(1 - REMEMBERED),
      { atMs: scheduler.now(), answer: structuredClone(given) },
    ]);
    const mishap = fate.decide(`${key}/odd`, RATES);
    if (mishap === undefined) return given;
    const refusal = REFUSALS[mishap.slice('odd-'.length)];
    let draws = 0;
    const choose = (count: number) => chance.between(0, count - 1, `${key}/odd/${(draws += 1)}`);
    if (mishap === 'odd-stale') {
      if (known.length === 0) return given;
      const { atMs, answer } = known[choose(known.length)]!;
      entry.odd = mishap;
      entry.trueAtMs = atMs;
      return answer;
    }
    entry.odd = mishap;
    if (refusal) return refusal;
    if (SPARSE.includes(mishap))
      return {
        ...given,
        body: asItems(given.body, (body) => sparse(body, mishap === 'odd-mistyped', choose)),
      };
    const oddity = mishap.slice('odd-'.length) as (typeof oddities)[number];
    return { ...given, body: asItems(given.body, (body) => degrade(body, oddity, choose)) };
  };
}

/** The question of a reading, without the start of a list of jobs. An earlier answer to another question is not old, but wrong. */
function questionOf({ path }: LoggedRequest, query: URLSearchParams): string {
  const asked = [...query].filter(([name]) => name !== 'since');
  return `${path}?${new URLSearchParams(asked).toString()}`;
}

/** The list of planned maintenance has `events` where other lists have `items`. */
function asItems(given: any, change: (body: any) => any): unknown {
  if (!Array.isArray(given?.events)) return change(given);
  const { events, ...rest } = given;
  const { items, ...others } = change({ ...rest, items: events });
  return items === undefined ? others : { ...others, events: items };
}

/** A list each of whose entries, or an object that, has one field odd: in `metadata`, `spec` or `status`, or beside them. */
function sparse(body: any, isMistyped: boolean, choose: (count: number) => number): unknown {
  if (Array.isArray(body?.items))
    return { ...body, items: body.items.map((item: unknown) => withOddField(item, isMistyped, choose)) };
  return withOddField(body, isMistyped, choose);
}

/** Names and ids stay: an entry without one is odd in another way. */
const KEPT = ['name', 'jobId', 'id'];

function withOddField(entry: any, isMistyped: boolean, choose: (count: number) => number): unknown {
  const sections = [['metadata'], ['spec'], ['status'], ['status', 'driver'], ['spec', 'resources'], []];
  const places = sections.flatMap((section) => {
    const found = section.reduce((inner, key) => inner?.[key], entry);
    const isMap = typeof found === 'object' && found !== null && !Array.isArray(found);
    return isMap ? Object.keys(found).map((field) => [...section, field]) : [];
  });
  const free = places.filter((place) => !KEPT.includes(place.at(-1)!) && place.join() !== 'metadata');
  if (free.length === 0) return entry;
  const place = free[choose(free.length)]!;
  const copy = structuredClone(entry);
  const field = place.pop()!;
  const section = place.reduce((inner, key) => inner[key], copy);
  // Another word only where each word has a meaning: a wrong number or name is no oddity, but a lie.
  const odd = [
    typeof section[field] === 'string' ? 7 : 'Resting',
    [{}],
    field === 'phase' ? 'Resting' : [{}],
  ];
  if (isMistyped) section[field] = odd[choose(odd.length)];
  else delete section[field];
  return copy;
}

function refused(status: number, code: string, message: string): ApiAnswer {
  return { status, body: { error_code: code, error_msg: message } };
}
