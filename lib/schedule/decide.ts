import * as z from 'zod';
import { inWords } from '#lib/guards/guard';
import { firingTimes, lastFiring } from '#lib/rules/firing-times';
import type { Schedule } from '#lib/rules/rules';

/** A firing that comes later than this is not looked into any more: as late as EventBridge Scheduler ever delivers one. */
const MAX_LATE_MS = 24 * 3_600_000;

/** Whether a firing is carried out, and why. */
export type FiringDecision = { allowed: boolean; why: string };

/**
 * Whether a firing is still what its node pool should be. Of the entries for one node pool the one that fired last is in
 * force, and of several at the same time the one that is last in the file: a firing that another has overtaken is not carried
 * out, one that is merely late is. Entries that only observe overtake nobody, nor do those that change other fields.
 *
 * @param schedules in the order of the file, `schedule` among them
 * @param scheduledMs for when the firing was due, epoch milliseconds
 */
export function decideFiring(
  schedules: readonly Schedule[],
  schedule: Schedule,
  scheduledMs: number,
  now: number,
): FiringDecision {
  const lateMs = now - scheduledMs;
  const late =
    lateMs > 0 ? `the firing comes ${inWords(lateMs)} after its time` : 'the firing comes at its time';
  if (lateMs > MAX_LATE_MS) return { allowed: false, why: `${late}, more than ${inWords(MAX_LATE_MS)}` };

  const rivals = schedules.filter((other) => other === schedule || overtakes(other, schedule));
  const later = rivals.slice(rivals.indexOf(schedule) + 1);
  const atTheSameTime = later.find((other) => firingTimes(other)(scheduledMs));
  if (atTheSameTime) {
    return {
      allowed: false,
      why: `superseded: ${atTheSameTime.name}, which is later in the rules file, fires at the same time`,
    };
  }
  for (const other of rivals) {
    const since = lastFiring(firingTimes(other), scheduledMs, now);
    if (since !== undefined) {
      return {
        allowed: false,
        why: `${late}: ${other.name} has fired since, for ${new Date(since).toISOString()}`,
      };
    }
  }
  return { allowed: true, why: `${late}, and no other entry has fired since` };
}

function overtakes(other: Schedule, schedule: Schedule): boolean {
  return (
    other.mode !== 'observe' &&
    other.pool === schedule.pool &&
    other.nodePool === schedule.nodePool &&
    !fieldsOf(other).isDisjointFrom(fieldsOf(schedule))
  );
}

const Parameters = z.looseObject({ spec: z.looseObject({ resources: z.record(z.string(), z.unknown()) }) });

/** What a schedule changes. The two numbers of a node pool go together. */
function fieldsOf({ parameters }: Schedule): Set<string> {
  const fields = Object.keys(Parameters.parse(parameters).spec.resources);
  return new Set(fields.map((field) => (field === 'maxCount' ? 'count' : field)));
}
