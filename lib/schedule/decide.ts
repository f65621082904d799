import { traitsOf } from '#lib/actions/traits';
import { firingTimes } from '#lib/rules/firing-times';
import type { Schedule } from '#lib/rules/rules';
import { roundedSpanText, spanText } from '#lib/sentences/time';

/** A later firing is ignored: EventBridge Scheduler never delivers one so late. */
const MAX_LATE_MS = 24 * 3_600_000;

/** Whether to carry out a firing, and why. */
export type FiringDecision = { allowed: boolean; why: string };

/**
 * Whether a firing still sets the desired state of its target. Schedules for one node pool, or for the same nodes, compete: the last
 * firing counts, and if several fire at the same time, the last in the file. Poolkeeper skips a firing that another has overtaken,
 * but not one that is only late. Schedules that only observe, or that change other fields, overtake no firing.
 *
 * @param schedules in the order of the file, including `schedule`
 * @param scheduledMs due time of the firing, epoch milliseconds
 */
export function decideFiring(
  schedules: readonly Schedule[],
  schedule: Schedule,
  scheduledMs: number,
  now: number,
): FiringDecision {
  const lateMs = now - scheduledMs;
  const late =
    lateMs > 0 ? `the firing arrives ${roundedSpanText(lateMs)} late` : 'the firing arrives in time';
  if (lateMs > MAX_LATE_MS) return { allowed: false, why: `${late}; the limit is ${spanText(MAX_LATE_MS)}` };

  const rivals = schedules.filter((other) => other === schedule || overtakes(other, schedule));
  const later = rivals.slice(rivals.indexOf(schedule) + 1);
  const atTheSameTime = later.find((other) => firingTimes(other).include(scheduledMs));
  if (atTheSameTime) {
    return {
      allowed: false,
      why: `superseded by ${atTheSameTime.name}, which fires at the same time and comes later in the rules file`,
    };
  }
  for (const other of rivals) {
    const since = firingTimes(other).last(scheduledMs, now);
    if (since !== undefined) {
      return {
        allowed: false,
        why: `${late}, and ${other.name} has fired since, at ${new Date(since).toISOString()}`,
      };
    }
  }
  return { allowed: true, why: `${late}, and no competing schedule has fired since` };
}

function overtakes(other: Schedule, schedule: Schedule): boolean {
  return (
    other.mode !== 'observe' &&
    other.pool === schedule.pool &&
    targetOf(other) === targetOf(schedule) &&
    !changedPartsOf(other).isDisjointFrom(changedPartsOf(schedule))
  );
}

/** Selectors with different text count as different: only the nodes of a moment could show whether they overlap. */
function targetOf(schedule: Schedule): string {
  return 'nodes' in schedule ? JSON.stringify(schedule.nodes) : schedule.nodePool;
}

function changedPartsOf({ action, parameters }: Schedule): Set<string> {
  return new Set(traitsOf(action).changedParts?.(parameters) ?? [action]);
}
