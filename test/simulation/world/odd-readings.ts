import { degrade, oddities } from '#test/untidy/degrade';
import type { ProcessWorld } from '../engine/process.ts';
import type { ApiAnswer, LoggedRequest } from './api.ts';

/** How often a reading is odd in each way, where a scenario does not say more. */
const ODD_RATE = 0.0006;
const REFUSALS: Record<string, ApiAnswer> = {
  'refused-400': refused(400, 'ModelArts.0104', 'invalid parameter'),
  'refused-401': refused(401, 'APIGW.0301', 'incorrect IAM authentication information'),
  'refused-403': refused(403, 'ModelArts.0210', 'no permission for this operation'),
  'refused-404': refused(404, 'APIGW.0101', 'the API does not exist'),
  'refused-410': refused(410, 'ModelArts.0410', 'the resource version is too old'),
};

/** The mishaps of a reading: each way in which its body can be odd, an earlier answer, and each status that refuses it. */
export const READING_MISHAPS: readonly string[] = [
  ...oddities.map((oddity) => `odd-${oddity}`),
  'odd-stale',
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
  return function spoil(key: string, given: ApiAnswer, entry: LoggedRequest): ApiAnswer {
    if (entry.method !== 'GET' || given.status !== 200) return given;
    const known = earlier.get(entry.path) ?? [];
    earlier.set(entry.path, [
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
    return {
      ...given,
      body: degrade(given.body, mishap.slice('odd-'.length) as (typeof oddities)[number], choose),
    };
  };
}

function refused(status: number, code: string, message: string): ApiAnswer {
  return { status, body: { error_code: code, error_msg: message } };
}
