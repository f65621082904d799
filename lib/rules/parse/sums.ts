import type { PathProblem } from '#lib/issues';
import type { AlertRule, PoolRules, Rules } from '#lib/rules/rules';
import { APPROVAL_HOLDS_MS, SLOW_AFTER_STORM_MS } from '#lib/rules/waits';

/**
 * Times that are right one by one and cannot hold together: what waits for the one has always run out by the other.
 *
 * - A plan that a person approved goes as a whole. It waits for the end of a storm and for the slow hour after it.
 * - A node is looked at every `polling.every`. One that is well at the first look needs `healthyFor` from there, and would be called
 *   broken where `within` ends before.
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
    'with the hour after a storm it is as long as an approval holds, 24h: a plan that was approved in a storm could never be carried out. Take less than 23h';
  return [{ path: ['pools', name, 'storm', 'within'], reason }];
}

function verifyProblems({ ladder }: AlertRule, everyMs: number, at: PropertyKey[]): PathProblem[] {
  return ladder.flatMap((rung, index) => {
    const verify = 'verify' in rung ? rung.verify : undefined;
    if (!verify || verify.healthyForMs === 0 || verify.healthyForMs + everyMs <= verify.withinMs) return [];
    const seconds = (verify.healthyForMs + everyMs) / 1000;
    const reason = `a node is looked at every ${everyMs / 1000}s (polling.every), so that one which is well at once may need ${seconds}s: take at least that for within`;
    return [{ path: [...at, index, 'verify', 'within'], reason }];
  });
}

/** Rules under which an alert that was delivered once is too old as soon as a storm is over: where they say so, each once. */
export function outlivedByStorms({ pools, rules }: Pick<Rules, 'pools' | 'rules'>): PathProblem[] {
  return rules.flatMap(({ pool, ladder, maxEvidenceAgeMs }, index) => {
    const acts = ladder.some(({ action }) => action !== 'notify');
    const reached = pools.filter(({ name }) =>
      'name' in pool ? pool.name === name : (pool.of ?? [name]).includes(name),
    );
    const waits = reached.find(({ storm }) => storm.withinMs >= maxEvidenceAgeMs);
    if (!acts || !waits) return [];
    const reason = `a storm in pool ${waits.name} is waited for as long, so that an alert which was delivered once is too old when it is over: take more than storm.within, or let alerts be delivered again more often`;
    return [{ path: ['rules', index, 'maxEvidenceAge'], reason }];
  });
}
