import type { Limits } from '#lib/guards/guard';
import type { NodeRecord } from '#lib/ledger/node-record';
import type { Remediation } from '#lib/ledger/remediation';
import { inMs } from '#lib/rules/file/duration';
import { isMoreCautious } from '#lib/rules/mode';
import { poolOf } from '#lib/rules/pool';
import type { ActionRung, AlertRule, Healthy, Mode, Rules, Schedule } from '#lib/rules/rules';

/** The limits of a command without a rule: the defaults of the rules file. */
const HOUR_MS = 3_600_000;
const DEFAULT_LIMITS: Limits = { cooldownMs: HOUR_MS, maxEvidenceAgeMs: HOUR_MS, interruptWorkloads: false };

/** The rule of a remediation, by the present rules. Undefined: it has none, or the rule was removed. */
export function ruleOf({ rules }: Rules, { rule }: Pick<Remediation, 'rule'>): AlertRule | undefined {
  return rules.find(({ name }) => name === rule);
}

function scheduleOf({ schedules }: Rules, { scheduledBy }: Remediation): Schedule | undefined {
  return schedules.find(({ name }) => name === scheduledBy);
}

/** The limits of a remediation: those of its schedule or rule, or the defaults. */
export function limitsOf(rules: Rules, remediation: Remediation): Limits {
  const schedule = scheduleOf(rules, remediation);
  const limits: Limits = schedule
    ? { ...DEFAULT_LIMITS, maxEvidenceAgeMs: schedule.withinMs }
    : ruleLimits(rules, remediation);
  return remediation.options?.interruptWorkloads ? { ...limits, interruptWorkloads: true } : limits;
}

/** The cooldown after the last call for a node: that of the rule whose ladder made it, or the default. Milliseconds. */
export function cooldownMsOf(rules: Rules, { last, rounds = [] }: NodeRecord): number {
  const round = rounds.find(({ root }) => root === last?.root);
  return (round && ruleOf(rules, round)?.cooldownMs) ?? DEFAULT_LIMITS.cooldownMs;
}

/** No cooldown is longer than this. Milliseconds. */
export function longestCooldownMs({ rules }: Pick<Rules, 'rules'>): number {
  return Math.max(DEFAULT_LIMITS.cooldownMs, ...rules.map(({ cooldownMs }) => cooldownMs));
}

/** The steps after a resolution are for a node that is well again, so the phase that the rule's ladder demands does not apply. */
function ruleLimits(rules: Rules, remediation: Remediation): Limits {
  const rule = ruleOf(rules, remediation);
  if (!rule || !remediation.resolution) return rule ?? DEFAULT_LIMITS;
  const { phase: _phase, rounds: _rounds, ...limits } = rule;
  return limits;
}

/**
 * The demands on a node after a remediation's call: those of the node's pool at that time, with each key of the rule in place
 * of the pool's.
 *
 * @param request of the call
 */
export function healthyOf(
  rules: Rules,
  remediation: Remediation,
  request: Readonly<Record<string, unknown>>,
): Healthy {
  const { toPoolName } = request;
  const pool = poolOf(rules, typeof toPoolName === 'string' ? toPoolName : remediation.pool);
  return { ...pool?.healthy, ...ruleOf(rules, remediation)?.healthy };
}

/** The verification of a remediation's action. Undefined: a single check of the node after the end of the job. */
export function verificationOf(rules: Rules, remediation: Remediation): ActionRung['verify'] {
  return rungOf(rules, remediation)?.verify;
}

/**
 * How long a remediation's action may run before it goes to a person, in milliseconds; for a rolling reset, each turn of it. Its
 * command, its rung or the rules file says so, in this order.
 */
export function deadlineOf(rules: Rules, remediation: Remediation): number {
  const { action, options } = remediation;
  if (options?.deadline !== undefined) return inMs(options.deadline);
  const general = action === 'notify' ? 0 : rules.deadlinesMs[action];
  return rungOf(rules, remediation)?.deadlineMs ?? general;
}

/** The rung that a remediation carries out, by the present rules. */
export function rungOf(
  rules: Rules,
  { action, ladder, rule, resolution }: Remediation,
): ActionRung | undefined {
  if (resolution) {
    const step = ruleOf(rules, { rule })?.onResolved?.[resolution.step];
    return step?.action === action && step.action !== 'notify' ? step : undefined;
  }
  const rungs = ruleOf(rules, { rule })?.ladder.map((rung, index) => ({ rung, index })) ?? [];
  const candidates = rungs.filter((candidate) => candidate.rung.action === action);
  const { rung } = candidates.find(({ index }) => index === ladder?.rung) ?? candidates[0] ?? {};
  return rung?.action === 'notify' ? undefined : rung;
}

/**
 * The mode in which a command is carried out: its own, or that of its rule or schedule if this has become more cautious since. If
 * the rule or schedule is gone, the command is only observed.
 */
export function effectiveMode(rules: Rules, remediation: Remediation): { mode: Mode; why: string } {
  const { rule: name, mode, alerts, resolution, scheduledBy } = remediation;
  const rule = ruleOf(rules, remediation);
  if (name !== undefined && !rule && (alerts.length > 0 || resolution)) {
    return { mode: 'observe', why: `rule ${name} is no longer in the rules file` };
  }
  const schedule = scheduleOf(rules, remediation);
  if (scheduledBy !== undefined && !schedule) {
    return { mode: 'observe', why: `schedule ${scheduledBy} is no longer in the rules file` };
  }
  for (const [kind, source] of [['rule', rule] as const, ['schedule', schedule] as const]) {
    if (source && isMoreCautious(source.mode, mode))
      return { mode: source.mode, why: `${kind} ${source.name} now says ${source.mode}` };
  }
  const { mode: ofRung = mode } = rungOf(rules, remediation) ?? {};
  if (isMoreCautious(ofRung, mode))
    return { mode: ofRung, why: `the rung in rule ${name} now says ${ofRung}` };
  return { mode, why: `the command says ${mode}` };
}
