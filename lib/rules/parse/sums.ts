import type { PathProblem } from '#lib/issues';
import type { AlertRule, PoolRules, Rules } from '#lib/rules/rules';
import { APPROVAL_HOLDS_MS, SLOW_AFTER_STORM_MS } from '#lib/rules/waits';

/**
 * Finds times that are valid one by one, but contradict each other:
 *
 * - An approved plan runs as one group, so it waits for the end of a storm and for the slow hour after it. By then its approval must
 *   not have expired.
 * - A node is checked every `polling.every`. A node that is well at the first check needs `healthyFor` from then on. If `within` ends
 *   earlier, the node would count as broken.
 */
export function sumProblems({
  pools,
  rules,
  polling,
}: Pick<Rules, 'pools' | 'rules' | 'polling'>): PathProblem[] {
  return [
    ...pools.flatMap(stormProblem),
    ...rules.flatMap((rule, index) => verifyProblems(rule, polling.everyMs, ['rules', index, 'ladder'])),
  ];
}

function stormProblem({ name, storm }: PoolRules): PathProblem[] {
  if (storm.withinMs + SLOW_AFTER_STORM_MS < APPROVAL_HOLDS_MS) return [];
  const reason =
    'together with the slow hour after a storm, it lasts as long as an approval (24h): a plan that was approved during a storm could never run. Use less than 23h';
  return [{ path: ['pools', name, 'storm', 'within'], reason }];
}

function verifyProblems({ ladder }: AlertRule, everyMs: number, at: PropertyKey[]): PathProblem[] {
  return ladder.flatMap((rung, index) => {
    const verify = 'verify' in rung ? rung.verify : undefined;
    if (!verify || verify.healthyForMs === 0 || verify.healthyForMs + everyMs <= verify.withinMs) return [];
    const seconds = (verify.healthyForMs + everyMs) / 1000;
    const reason = `a node is checked every ${everyMs / 1000}s (polling.every), so a node that is well at once may need ${seconds}s: use at least that for within`;
    return [{ path: [...at, index, 'verify', 'within'], reason }];
  });
}

/** Rules whose `maxEvidenceAge` is no longer than a storm, so that an alert delivered only once is too old when the storm ends. */
export function outlivedByStorms({ pools, rules }: Pick<Rules, 'pools' | 'rules'>): PathProblem[] {
  return rules.flatMap(({ pool, ladder, maxEvidenceAgeMs }, index) => {
    const acts = ladder.some(({ action }) => action !== 'notify');
    const reached = pools.filter(({ name }) =>
      'name' in pool ? pool.name === name : (pool.of ?? [name]).includes(name),
    );
    const waits = reached.find(({ storm }) => storm.withinMs >= maxEvidenceAgeMs);
    if (!acts || !waits) return [];
    const reason = `a storm in pool ${waits.name} may last this long, so an alert that was delivered only once is too old when the storm ends: use more than storm.within, or have alerts delivered again more often`;
    return [{ path: ['rules', index, 'maxEvidenceAge'], reason }];
  });
}
