/**
 * The effect of a request that did not succeed.
 *
 * - `refused`: the API answered, and did nothing.
 * - `not-sent`: no byte of it left this machine.
 * - `unknown`: the API may have done it, or may still be doing it.
 */
export type Outcome = 'refused' | 'not-sent' | 'unknown';

export interface Classification {
  readonly outcome: Outcome;
  /** A later try may succeed. */
  readonly transient: boolean;
  /** The API asks for fewer calls. */
  readonly throttled: boolean;
  /** The API did not accept the key. More than five of these in a row lock it for five minutes (docs/design/modelarts-api.md 5.2). */
  readonly credentialsRefused: boolean;
}

interface Rule {
  readonly statuses?: readonly [from: number, to: number];
  readonly codes?: RegExp;
  readonly is: Classification;
  readonly source: string;
}

const permanent = {
  outcome: 'refused',
  transient: false,
  throttled: false,
  credentialsRefused: false,
} as const;
const later = { ...permanent, transient: true } as const;
const ambiguous = { ...later, outcome: 'unknown' } as const;

/** The first matching row decides. A code that appears with several statuses never decides alone. */
const rules: readonly Rule[] = [
  {
    codes: /^(ModelArts\.5039|API(GW|G)\.0308)$/,
    is: { ...later, throttled: true },
    source: 'docs/design/modelarts-api.md 5.1 ("too many requests", answered with 500) and 5.2 (0308)',
  },
  { statuses: [429, 429], is: { ...later, throttled: true }, source: 'docs/design/modelarts-api.md 5.3' },
  {
    statuses: [401, 401],
    is: { ...permanent, credentialsRefused: true },
    source: 'docs/design/modelarts-api.md 5.1, 5.2',
  },
  {
    statuses: [403, 403],
    codes: /^ModelArts\.020[36]$/,
    is: { ...permanent, credentialsRefused: true },
    source: 'docs/design/modelarts-api.md 5.1: invalid token and invalid AK/SK also come as 403',
  },
  {
    statuses: [408, 408],
    is: ambiguous,
    source: 'A proxy may answer 408 or 499 for a request that it has already passed on',
  },
  { statuses: [499, 499], is: ambiguous, source: 'as 408' },
  {
    statuses: [400, 499],
    codes: /^ModelArts\.(2878|5044|6355|2887|2889|3976)$/,
    is: later,
    source:
      'docs/design/modelarts-api.md 5.1: conflict, still initialising, pool not running, flavor sold out',
  },
  { statuses: [400, 499], is: permanent, source: 'docs/design/modelarts-api.md 5.1, 5.2' },
  {
    statuses: [500, 599],
    is: ambiguous,
    source: 'docs/design/modelarts-api.md 5.2: 0202 and 0203 may come after the work was done',
  },
];

/**
 * Classifies an answer with a status outside of 2xx.
 *
 * @param status HTTP status
 * @param code the vendor's `error_code`, if the body had one
 */
export function classify(status: number, code?: string): Classification {
  const fits = ({ statuses, codes }: Rule) =>
    (statuses === undefined || (status >= statuses[0] && status <= statuses[1])) &&
    (codes === undefined || (code !== undefined && codes.test(code)));
  // Neither success nor error (1xx, 3xx): the effect is unknown, and another try will not change that.
  return rules.find(fits)?.is ?? { ...ambiguous, transient: false };
}
