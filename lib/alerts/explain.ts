import { type Unmet, unmetIn } from '#lib/rules/match';
import type { AlertRule, Rules } from '#lib/rules/rules';
import { type Alert, decide, type Finding, type NamedBy, namedIn } from './decide.ts';

/**
 * The answer of one rule to an alert. `takes`: it is the first one that matches. `later`: it matches as well, and an earlier rule takes
 * the alert. `unmet`: for each entry of its conditions, the first condition that the alert does not meet.
 */
export type RuleAnswer = { rule: string; mode: AlertRule['mode'] } & (
  | { answer: 'takes' }
  | { answer: 'later' }
  | { answer: 'unmet'; unmet: Unmet[] }
);

/** The whole decision about one alert. */
export type Explanation = {
  alert: Alert;
  /** Every rule, in the order of the file. */
  rules: RuleAnswer[];
  /** The rule that takes it. Undefined: none does. */
  rule?: AlertRule;
  /** The field that names the node, and the one that names the pool if the rule does not. Absent: the alert does not have it. */
  nodeBy?: NamedBy;
  poolBy?: NamedBy;
} & ({ finding: Finding } | { ignored: string });

/** Why `decide` decides about an alert as it does. Pure. */
export function explain(alert: Alert, rules: Rules): Explanation {
  const { findings, ignored } = decide([alert], rules);
  const [finding] = findings;
  const answers = rules.rules.map((rule) => ({ rule, unmet: unmetIn(rule.when, alert) }));
  const rule = answers.find(({ unmet }) => unmet.length === 0)?.rule;
  const nodeBy = rule && namedIn(alert, rule.node);
  const poolBy = rule && 'from' in rule.pool ? namedIn(alert, rule.pool.from) : undefined;
  return {
    alert,
    rules: answers.map(({ rule: { name, mode }, unmet }): RuleAnswer => {
      if (unmet.length > 0) return { rule: name, mode, answer: 'unmet', unmet };
      return { rule: name, mode, answer: name === rule?.name ? 'takes' : 'later' };
    }),
    ...(rule && { rule }),
    ...(nodeBy && { nodeBy }),
    ...(poolBy && { poolBy }),
    ...(finding ? { finding } : { ignored: ignored[0]?.why ?? '' }),
  };
}

/** A condition that is not met, in words: `labels.alertname is "x", and the rule wants NT_NPU_*`. */
export function describeUnmet({ field, found, wanted }: Unmet): string {
  const is = found === undefined ? 'is absent' : `is ${JSON.stringify(found)}`;
  return `${field} ${is}, and the rule wants ${wanted.join(' or ')}`;
}
