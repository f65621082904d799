import { globMatches } from './glob.ts';
import { poolOf } from './pool.ts';
import type { NotifyTarget, Rules } from './rules.ts';
import { isAtLeast, type Severity, severities } from './severity.ts';
import type { RemediationState } from './state.ts';

/** The subject of a notice: the id of a pool, and the name of the rule of a remediation. Either may be absent. */
export type About = { pool?: string | undefined; rule?: string | undefined };

/** Whether a recipient wants to hear that a remediation has entered a state. */
export function wantsState(
  target: NotifyTarget,
  state: RemediationState,
  about: About,
  rules: Pick<Rules, 'pools'>,
): boolean {
  return (
    target.when.includes(state) &&
    isGraveEnough(target, severities[state]) &&
    isConcerned(target, about, rules)
  );
}

/** Whether a recipient makes an alarm of a notice, which goes on until another notice ends it. */
export function hasAlarms({ kind }: NotifyTarget): boolean {
  return kind === 'pagerduty';
}

/** The states that leave a person nothing to do. */
const GOOD_ENDS: ReadonlySet<RemediationState> = new Set(['succeeded', 'rejected', 'skipped']);

/**
 * Whether a recipient closes the incident of a remediation that enters a state. Its `when` and its `severity` do not matter: an alarm that
 * goes on after the repair helps no person.
 */
export function closesIncident(
  target: NotifyTarget,
  state: RemediationState,
  about: About,
  rules: Pick<Rules, 'pools'>,
): boolean {
  return hasAlarms(target) && GOOD_ENDS.has(state) && isConcerned(target, about, rules);
}

/** Whether a recipient wants the notice of a rung of a ladder. A rung notifies in any state. */
export function wantsRung(
  target: NotifyTarget,
  severity: Severity,
  about: About,
  rules: Pick<Rules, 'pools'>,
): boolean {
  return isGraveEnough(target, severity) && isConcerned(target, about, rules);
}

/**
 * Whether a recipient wants to hear of an incident: if it wants `needs-human`. An incident concerns every rule of its pool, and one
 * without a pool concerns every recipient.
 */
export function wantsIncident(target: NotifyTarget, about: About, rules: Pick<Rules, 'pools'>): boolean {
  return target.when.includes('needs-human') && (about.pool === undefined || isOfPool(target, about, rules));
}

function isGraveEnough({ severity: least }: NotifyTarget, severity: Severity): boolean {
  return least === undefined || isAtLeast(severity, least);
}

function isConcerned(target: NotifyTarget, about: About, rules: Pick<Rules, 'pools'>): boolean {
  return isOfRule(target, about) && isOfPool(target, about, rules);
}

function isOfRule({ rules: globs }: NotifyTarget, { rule }: About): boolean {
  return globs === undefined || (rule !== undefined && globs.some((glob) => globMatches(glob, rule)));
}

/** A pool that has left the rules file is of no list. */
function isOfPool({ pools }: NotifyTarget, { pool }: About, rules: Pick<Rules, 'pools'>): boolean {
  if (pools === undefined) return true;
  const known = pool === undefined ? undefined : poolOf(rules, pool);
  return known !== undefined && pools.includes(known.name);
}
