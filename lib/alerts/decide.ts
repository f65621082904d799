import type { AlertReference } from '#lib/ledger/remediation-fields';
import { findRule, type MatchableAlert } from '#lib/rules/match';
import { poolOf } from '#lib/rules/pool';
import type { AlertRule, FieldPath, PoolRules, Rules } from '#lib/rules/rules';
import { parseTarget, type Target } from './target.ts';

/**
 * One alert, in the terms that every source shares. `isOver`: the episode that it speaks of is known to be over. `ledTo`: the
 * remediation that the episode is known to have led to.
 */
export type Alert = MatchableAlert &
  AlertReference & {
    status: 'firing' | 'resolved';
    /** The fingerprint as its sender has it, where it is another one here. */
    sentAs?: string;
    /** The sender's own word for its state, unless that is `alerting`. */
    stateReason?: string;
    /** When its sender says that this was so, RFC 3339: the delivery may be late. Absent: when it was received. */
    saidAt?: string | undefined;
    isOver?: boolean;
    ledTo?: string | undefined;
  };

/** An alert that a rule answers: which rule, in which pool, about which node. */
export type Finding = { alert: Alert; rule: AlertRule; pool: PoolRules; target: Target };

/** An alert that leads to nothing, and why, in words for the one who sent it. */
export type Ignored = { alert: string; why: string };

/**
 * Maps each alert to the first rule that matches it, the pool and the node. Pure: the same alerts and rules give the same
 * answer. Whether the alert fires or is resolved is not looked at.
 */
export function decide(alerts: readonly Alert[], rules: Rules): { findings: Finding[]; ignored: Ignored[] } {
  const findings: Finding[] = [];
  const ignored: Ignored[] = [];
  for (const alert of alerts) {
    const decided = decideOne(alert, rules);
    if (typeof decided === 'string') ignored.push({ alert: alert.fingerprint, why: decided });
    else findings.push(decided);
  }
  return { findings, ignored };
}

function decideOne(alert: Alert, rules: Rules): Finding | string {
  const rule = findRule(rules, alert);
  if (!rule) return whyUnmatched(alert, rules);

  const pool = findPool(alert, rule, rules);
  if (typeof pool === 'string') return pool;

  const named = namedIn(alert, rule.node)?.value;
  if (named === undefined)
    return `rule ${rule.name} takes the node from ${spell(rule.node)}, which the alert does not have`;
  const target = parseTarget(named);
  if (!target)
    return `rule ${rule.name} takes the node from ${spell(rule.node)}, and ${JSON.stringify(named)} is neither a node's name nor an IPv4 address`;
  return { alert, rule, pool, target };
}

/** The meaning of a firing without the report of a fault. */
const NO_REPORT = {
  nodata: 'its sender has no data',
  error: 'its sender could not evaluate its condition',
  unknown: 'the last evaluation of its sender does not show a fault',
} as const;

function whyUnmatched({ state = 'alerting', ...reported }: Alert, rules: Rules): string {
  if (state === 'alerting') return 'no rule matches it';
  const { stateReason } = reported;
  const says = `${NO_REPORT[state]}${stateReason === undefined ? '' : ` (${stateReason})`}`;
  const other = findRule(rules, reported);
  return other
    ? `it reports no fault: ${says}. Rule ${other.name} takes it only if its when.state lists ${state}`
    : `no rule matches it, and it reports no fault: ${says}`;
}

function findPool(alert: Alert, rule: AlertRule, { pools }: Rules): PoolRules | string {
  if ('name' in rule.pool) {
    const { name } = rule.pool;
    return (
      pools.find((pool) => pool.name === name) ??
      `rule ${rule.name} is for pool ${name}, which the rules file does not have`
    );
  }
  const named = namedIn(alert, rule.pool.from)?.value;
  if (named === undefined)
    return `rule ${rule.name} takes the pool from ${spell(rule.pool.from)}, which the alert does not have`;
  const found = poolOf({ pools }, named);
  if (!found)
    return `rule ${rule.name} takes the pool from ${spell(rule.pool.from)}, and the rules file has no pool ${JSON.stringify(named)}`;
  const { of } = rule.pool;
  return !of || of.includes(found.name)
    ? found
    : `rule ${rule.name} is for ${of.join(', ')}, and the alert names pool ${found.name}`;
}

/** A field of an alert, as rules spell it, and its value. */
export type NamedBy = { field: string; value: string };

/** The first of these fields that the alert has. */
export function namedIn(
  alert: Pick<Alert, 'labels' | 'annotations'>,
  paths: readonly FieldPath[],
): NamedBy | undefined {
  const found = paths.find(({ kind, key }) => Object.hasOwn(alert[kind], key));
  const value = found && alert[found.kind][found.key];
  return found && value !== undefined ? { field: spell([found]), value } : undefined;
}

function spell(paths: readonly FieldPath[]): string {
  return paths.map(({ kind, key }) => `${kind}.${key}`).join(' or ');
}
