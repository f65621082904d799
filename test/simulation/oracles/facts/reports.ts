import type { Run } from '../../run.ts';
import type { Reported } from '../../scenario/actors/reporters.ts';
import type { ReportInput } from '../../scenario/inputs/report-inputs.ts';
import { LIMITS, ruleFor } from '../../scenario/senders-rules.ts';

/** A report that comes within a minute of a resolution was only late. */
const GOSSIP_MS = 60_000;

/** The pool that an alert is about in the eyes of its rule: Cloud Eye names none. */
export function poolOf({ form, pool }: ReportInput): string {
  return form.startsWith('cloud-eye') ? 'train-a' : pool;
}

/** Whether the rules file lets a sender reach the pool of its alert. */
export function isWithinReach(input: ReportInput): boolean {
  const allowed = input.isDirect ? undefined : LIMITS[input.as];
  return allowed === undefined || allowed === poolOf(input);
}

/** Whether a rule is for reports: Alertmanager and the events that the vendor plans reach the product by other ways, which the correspondence keeps apart. */
export function isForReports(run: Run, name: string): boolean {
  const rule = run.rules.rules.find((one) => one.name === name);
  const sources = [rule?.when ?? []].flat().map(({ source }) => source);
  return sources.some((source) => source !== 'alertmanager' && source !== 'scheduled-event');
}

/** Whether two reports are of one alert: under one name senders with different limits have different alerts. */
function isOfOneAlert(one: ReportInput, other: ReportInput): boolean {
  return one.alert === other.alert && LIMITS[one.as] === LIMITS[other.as];
}

/** An alert about a node that was reported for a rule before `untilMs` and, for all that was sent by `sentByMs`, is not over. */
export function reportThatFires(
  run: Run,
  { rule, node }: { rule: string; node: string },
  untilMs: number,
  sentByMs: number,
): string | undefined {
  const about = run.correspondence.reported.filter(
    ({ input, httpStatus }) =>
      httpStatus === 202 && ruleFor(input.form) === rule && input.node === node && isWithinReach(input),
  );
  const isOver = ({ input, sentAtMs }: Reported) =>
    about.some(
      (other) =>
        other.status === 'resolved' &&
        isOfOneAlert(other.input, input) &&
        other.sentAtMs <= sentByMs &&
        other.answeredAtMs! > sentAtMs - GOSSIP_MS,
    );
  return about.find((one) => one.status === 'firing' && one.answeredAtMs! < untilMs && !isOver(one))?.input
    .id;
}
