import { isRecord } from '#lib/is-record';
import { type Finding, ofType, type Template } from './template.ts';

const RATE = /^rate\((\d+) (minute|minutes|hour|hours|day|days)\)$/;
/** `cron(minutes hours day-of-month month day-of-week year)` */
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;
const AT = /^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/;

/** Checks the expressions of EventBridge rules and schedules, and that a rule has an expression or a pattern. */
export function checkTimes(template: Template): Finding[] {
  const rules = ofType(template, 'AWS::Events::Rule').flatMap(({ logicalId, properties }) => {
    const place = `${logicalId} (AWS::Events::Rule):`;
    const { ScheduleExpression: expression, EventPattern: pattern, Targets: targets } = properties;
    if (expression === undefined && !isRecord(pattern))
      return [`${place} ScheduleExpression or EventPattern is required`];
    const ids = Array.isArray(targets)
      ? targets.map((target) => (isRecord(target) ? target['Id'] : undefined))
      : [];
    const twice = ids.length === new Set(ids).size ? [] : [`${place} Targets have the same Id twice`];
    return [...twice, ...(expression === undefined ? [] : timeProblems(expression, place, [RATE, CRON]))];
  });
  const schedules = ofType(template, 'AWS::Scheduler::Schedule').flatMap(({ logicalId, properties }) => {
    const place = `${logicalId} (AWS::Scheduler::Schedule):`;
    const { ScheduleExpression: expression, ScheduleExpressionTimezone: zone } = properties;
    return [
      ...timeProblems(expression, place, [RATE, CRON, AT]),
      ...(zone === undefined || isTimeZone(zone)
        ? []
        : [`${place} ScheduleExpressionTimezone ${JSON.stringify(zone)} is no time zone`]),
    ];
  });
  return [...rules, ...schedules];
}

function timeProblems(expression: unknown, place: string, forms: readonly RegExp[]): Finding[] {
  if (typeof expression !== 'string') return [];
  const at = `${place} ScheduleExpression ${JSON.stringify(expression)}`;
  if (!forms.some((form) => form.test(expression))) return [`${at} is no rate, cron or time of EventBridge`];
  const [, amount, unit = ''] = RATE.exec(expression) ?? [];
  if (amount !== undefined && (Number(amount) === 0 || (Number(amount) === 1) === unit.endsWith('s')))
    return [`${at} must have a number above 0, and a unit in the singular for 1 alone`];
  const [, , , day, , weekday] = CRON.exec(expression) ?? [];
  if (day !== undefined && (day === '?') === (weekday === '?'))
    return [`${at} must have a ? either as the day of the month or as the day of the week`];
  return [];
}

function isTimeZone(zone: unknown): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: String(zone) }).format() !== '';
  } catch {
    return false;
  }
}
