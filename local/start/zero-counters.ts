import { actions } from '#lib/actions/traits';
import { ENDS } from '#lib/ledger/phase';
import { allMetrics } from '#lib/metrics/all';
import type { Counter } from '#lib/metrics/counters';
import type { Rules } from '#lib/rules/rules';

/** The values of labels that are known before anything happens. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  state: ENDS,
  action: actions,
  door: ['alerts', 'people'],
  source: ['alertmanager', 'cloudevents', 'eventbridge', 'kubernetes', 'smn', 'scheduled-event'],
  status: ['400', '413', '415'],
  answer: ['accepted', 'refused', 'lost', 'unsure'],
};

/**
 * Every counter whose labels are all known, at zero. Prometheus sees no increase in a counter that begins at one: the first failure would
 * raise no alarm.
 */
export function zeroCounters({ pools }: Pick<Rules, 'pools'>): Counter[] {
  const known = { ...KNOWN, pool: pools.map(({ name }) => name) };
  return Object.values(allMetrics)
    .filter(({ kind }) => kind === 'counter')
    .flatMap(({ name, labels }) =>
      combinations(labels, known).map((of) => ({ name, labels: of, value: 0, count: 0 })),
    );
}

/** Every combination of the values of labels; none if a label has no known value. */
function combinations(
  labels: readonly string[],
  known: Readonly<Record<string, readonly string[]>>,
): Record<string, string>[] {
  return labels.reduce<Record<string, string>[]>(
    (all, label) => all.flatMap((one) => (known[label] ?? []).map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}
