import { mayBeSentTwice, type RemediationAction, takesOutOfService } from '#lib/actions/traits';
import type { Rules } from '#lib/rules/rules';
import { actionOf } from './course-of-calls.ts';
import type { Peak } from './peaks.ts';
import type { ReplayResult } from './run-replay.ts';

/** How often something happened, by its name. */
export type Counts = Readonly<Record<string, number>>;

/** The effect of one rule. Each number counts remediations. */
export type RuleSummary = {
  rule: string;
  remediations: number;
  /** By action: calls were made for them. */
  called: Counts;
  /** By action: only recorded, because the rule or the rung observes. */
  observed: Counts;
  /** By guard: ended without a call. One may have several guards against it. */
  refused: Counts;
  /** By guard: had to wait at least once. */
  waited: Counts;
  escalated: number;
  needsPerson: number;
  succeeded: number;
  /** Waits for an approval at the end, or was never approved. */
  unapproved: number;
};

export type Summary = {
  rules: readonly RuleSummary[];
  calls: number;
  /** The nodes of calls that wipe, move or take them out of service: a node counts once for each call. */
  destructive: number;
  peaks: readonly Peak[];
  ignored: Counts;
};

type Remediation = ReplayResult['remediations'][number];

/** The deeds of the rules, by rule, in the order of the rules file. */
export function summarize({ remediations, calls, peaks, ignored }: ReplayResult, rules: Rules): Summary {
  const byRule = Map.groupBy(remediations, causeOf);
  const names = [
    ...rules.rules.map(({ name }) => name),
    ...rules.schedules.map(({ name }) => scheduleTitle(name)),
    NO_RULE,
  ];
  return {
    rules: names.flatMap((rule) => {
      const own = byRule.get(rule);
      return own ? [summaryOf(rule, own)] : [];
    }),
    calls: calls.length,
    destructive: calls
      .filter((call) => call.status === undefined || call.status < 300)
      .filter((call) => isDestructive(actionOf(call) ?? 'notify', call.body))
      .reduce((sum, { nodes }) => sum + Math.max(nodes.length, 1), 0),
    peaks,
    ignored: Object.fromEntries(ignored),
  };
}

const NO_RULE = '(no rule)';

/** The rule of a remediation, or the schedule that has fired. */
function causeOf({ rule, reason }: Remediation): string {
  if (rule !== undefined) return rule;
  const schedule = reason?.['schedule'];
  return typeof schedule === 'string' ? scheduleTitle(schedule) : NO_RULE;
}

function scheduleTitle(name: string): string {
  return `schedule ${name}`;
}

/** Whether an action has an effect that no other call undoes, or takes nodes out of service. */
export function isDestructive(
  action: RemediationAction,
  parameters: Readonly<Record<string, unknown>>,
): boolean {
  return !mayBeSentTwice(action) || takesOutOfService({ action, parameters });
}

/** Whether a call was made for a remediation. */
export function isCalled({ receipts }: Remediation): boolean {
  return receipts.some(({ step }) => step === 'call');
}

/** The guards for which a remediation had to wait at least once. */
export function guardsWaitedFor({ receipts }: Remediation): string[] {
  return [
    ...new Set(receipts.flatMap((receipt) => (receipt.step === 'defer' ? (receipt.guards ?? []) : []))),
  ];
}

function summaryOf(rule: string, own: readonly Remediation[]): RuleSummary {
  const inState = (...states: string[]) => own.filter(({ state }) => states.includes(state));
  return {
    rule,
    remediations: own.length,
    called: counted(own.filter(isCalled).map(({ action }) => action)),
    observed: counted(inState('observed').map(({ action }) => action)),
    refused: counted(
      inState('skipped').flatMap(({ refusedBy }) =>
        refusedBy.length > 0 ? refusedBy : ['for another reason'],
      ),
    ),
    waited: counted(own.flatMap(guardsWaitedFor)),
    escalated: inState('escalated').length,
    needsPerson: inState('needs-human').length,
    succeeded: inState('succeeded').length,
    unapproved:
      inState('awaiting-approval').length +
      own.filter(({ state, why = '' }) => state === 'skipped' && /approv/.test(why)).length,
  };
}

function counted(names: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
