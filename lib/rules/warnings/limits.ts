import { outlivedByStorms } from '../parse/sums.ts';
import type { AlertRule, PoolRules, Rules } from '../rules.ts';
import { actionsOf, isDisruptive } from './ladder-facts.ts';
import { formatSpan } from './spans.ts';
import {
  type Check,
  type CheckedFile,
  type Found,
  listed,
  ownRulesOf,
  poolsOfRule,
  writtenAt,
} from './warning.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The longest wait of a command, without windows and with them (`patienceMs` of the guards; a test compares both). */
export const PATIENCE_MS = { withoutWindows: DAY_MS, withWindows: 9 * DAY_MS };

/** Alertmanager waits as long between two notifications of a changed group, by default (`group_interval`). */
const GROUP_INTERVAL_MS = 5 * MINUTE_MS;

/** Budgets and times that allow nothing, or that have no effect. */
export const limits: Check = (file) => [
  ...file.rules.pools.flatMap((pool) => ofPool(pool, file)),
  ...ownRulesOf(file).flatMap(({ rule, path }) => ofRule(rule, path, file.rules)),
  ...outlivedByStorms(file.rules).map((found) => ({ code: 'storm-outlives-evidence' as const, ...found })),
  ...schedulesAboveBudget(file.rules),
];

function ofPool(pool: PoolRules, file: CheckedFile): Found[] {
  const { name, budget, storm } = pool;
  const at = ['pools', name, 'budget'];
  const isNone = (one: typeof budget.perDay) => ('count' in one ? one.count : one.percent) === 0;
  const takes = takersOf(pool, file.rules);
  const none = (['maxUnavailable', 'perDay'] as const)
    .filter((key) => takes.length > 0 && isNone(budget[key]))
    .map((key) => ({
      code: 'budget-allows-nothing' as const,
      path: [...at, key],
      reason: `allows no node at all, so every ${listed(takes)} in this pool is skipped. Use a number above 0, or mode: observe in the rules`,
    }));
  const { maxUnavailable, perDay } = budget;
  const unit = 'count' in maxUnavailable ? 'count' : 'percent';
  const moment = 'count' in maxUnavailable ? maxUnavailable.count : maxUnavailable.percent;
  const day =
    unit === 'count'
      ? 'count' in perDay
        ? perDay.count
        : undefined
      : 'percent' in perDay
        ? perDay.percent
        : undefined;
  const isLess = day !== undefined && day > 0 && day < moment;
  const sign = unit === 'percent' ? '%' : '';
  const less: Found[] = isLess
    ? [
        {
          code: 'budget-too-small',
          path: [
            ...at,
            writtenAt(file.written, [...at, 'perDay']) === undefined ? 'maxUnavailable' : 'perDay',
          ],
          reason: `perDay (${day}${sign}) is less than maxUnavailable (${moment}${sign}): after ${day}${sign} of the nodes nothing more happens for a day, so as many as maxUnavailable are never worked on at once`,
        },
      ]
    : [];
  const limit = storm.nodes ?? perDay;
  const never: Found[] =
    'percent' in limit && limit.percent >= 100
      ? [
          {
            code: 'no-storm',
            path: storm.nodes ? ['pools', name, 'storm', 'nodes'] : [...at, 'perDay'],
            reason: `no pool can report more than all of its nodes, so nothing is ever a storm${storm.nodes ? '' : ' (storm.nodes is as budget.perDay)'}: each node of an outage counts by itself. Use a smaller storm.nodes`,
          },
        ]
      : [];
  return [...none, ...less, ...never];
}

/** The actions of rules and schedules that take nodes of a pool out of service. */
function takersOf(pool: PoolRules, rules: Rules): string[] {
  const ofRules = rules.rules
    .filter((rule) => poolsOfRule(rule, rules).includes(pool.name))
    .flatMap((rule) => actionsOf(rule).flatMap(({ rung }) => (isDisruptive(rung) ? [rung.action] : [])));
  const ofSchedules = rules.schedules
    .filter((one) => one.pool === pool.name && isDisruptive(one))
    .map(({ action }) => action);
  return [...new Set([...ofRules, ...ofSchedules])];
}

function ofRule(rule: AlertRule, path: PropertyKey[], rules: Rules): Found[] {
  return [...rounds(rule, path), ...evidence(rule, path, rules), ...supernodes(rule, path, rules)];
}

/** The ladder of a node begins at most once in each cooldown. */
function rounds(rule: AlertRule, path: PropertyKey[]): Found[] {
  const { cooldownMs, rounds: limit, ladder } = rule;
  const [first] = ladder;
  const isLimited = first !== undefined && isDisruptive(first);
  if (!isLimited || cooldownMs * limit.max < limit.withinMs) return [];
  const reason = `never limits anything: with a cooldown of ${formatSpan(cooldownMs)}, ${limit.max} ladders of a node do not fit into ${formatSpan(limit.withinMs)} before the next. A node that is never well is reset again and again: use a longer rounds.within, or a smaller rounds.max`;
  return [{ code: 'rounds-without-effect', path: [...path, 'rounds'], reason }];
}

function evidence(rule: AlertRule, path: PropertyKey[], rules: Rules): Found[] {
  const { maxEvidenceAgeMs } = rule;
  if (actionsOf(rule).length === 0) return [];
  const at = [...path, 'maxEvidenceAge'];
  const reached = new Set(poolsOfRule(rule, rules));
  const pools = rules.pools.filter(({ name }) => reached.has(name));
  const patienceMs = Math.max(
    ...pools.map(({ windows }) =>
      windows.length > 0 ? PATIENCE_MS.withWindows : PATIENCE_MS.withoutWindows,
    ),
  );
  if (maxEvidenceAgeMs < GROUP_INTERVAL_MS) {
    const reason = `an alert that waits for ${formatSpan(maxEvidenceAgeMs)}, for a free slot or behind another node, goes to a person: Alertmanager sends a group again after ${formatSpan(GROUP_INTERVAL_MS)} at the earliest (group_interval). Use a longer time`;
    return [{ code: 'short-evidence', path: at, reason }];
  }
  if (maxEvidenceAgeMs <= patienceMs) return [];
  const where =
    patienceMs === PATIENCE_MS.withoutWindows ? 'in a pool without windows' : 'in a pool with windows';
  const reason = `no command of an alert waits for so long: ${where} it goes to a person after ${formatSpan(patienceMs)}. Use at most that`;
  return [{ code: 'long-evidence', path: at, reason }];
}

/** A supernode moves as a whole, and has two nodes at least. */
function supernodes(rule: AlertRule, path: PropertyKey[], rules: Rules): Found[] {
  const reached = poolsOfRule(rule, rules);
  return actionsOf(rule).flatMap(({ rung, index }): Found[] => {
    const tight = rules.pools.find(
      ({ name, budget: { maxUnavailable, perDay } }) =>
        reached.includes(name) && [maxUnavailable, perDay].some((one) => 'count' in one && one.count === 1),
    );
    if (!('wholeSupernode' in rung) || !tight) return [];
    const reason = `a supernode has at least two nodes and moves as a whole, and the budget of pool ${tight.name} allows one: it waits until a person must act. Use a larger budget`;
    return [{ code: 'budget-too-small', path: [...path, 'ladder', index, 'wholeSupernode'], reason }];
  });
}

/** Nodes that a schedule names beyond the budget of a day have no turn before `within` is over. */
function schedulesAboveBudget({ schedules, pools }: Rules): Found[] {
  return schedules.flatMap((schedule, index): Found[] => {
    const perDay = pools.find(({ name }) => name === schedule.pool)?.budget.perDay;
    const named = 'nodes' in schedule && Array.isArray(schedule.nodes) ? schedule.nodes.length : 0;
    if (!perDay || !('count' in perDay) || perDay.count === 0 || !isDisruptive(schedule)) return [];
    if (named <= perDay.count || schedule.withinMs >= DAY_MS) return [];
    const reason = `names ${named} nodes, and the budget of pool ${schedule.pool} allows ${perDay.count} in a day: the others go to a person after ${formatSpan(schedule.withinMs)} (within). Name fewer nodes, or use a larger perDay`;
    return [{ code: 'budget-too-small', path: ['schedules', index, schedule.action, 'nodes'], reason }];
  });
}
