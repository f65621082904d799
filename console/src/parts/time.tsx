import { now } from '../state/clock.ts';
import { relativeTo, timeIn } from '../text/time.ts';

type TimeProps = {
  at: string | undefined;
  /** The zone of the pool. Without one: that of the browser. */
  zone?: string | undefined;
  /** Whether the time itself stands beside its distance. */
  full?: boolean;
};

/** A time, as its distance from now. The time itself, with its offset, is one hover away or beside it. */
export function Time({ at, zone, full = false }: TimeProps) {
  if (at === undefined) return null;
  const absolute = timeIn(zone, at);
  const relative = relativeTo(at, now.value);
  return (
    <time dateTime={at} title={full ? undefined : absolute}>
      {full ? `${absolute} (${relative})` : relative}
    </time>
  );
}
