import { byAction } from '#lib/actions/traits';
import type { Rules, Rung } from './rules.ts';

/**
 * The same rules for a world whose clock runs `speed` times as fast. It divides polling, verification, deadlines and our own
 * waits (`Waits`) by `speed`. No time becomes shorter than one second, and 0 stays 0. Cooldowns and the age of evidence stay the
 * same: they protect nodes, and no one waits for their end.
 */
export function withFasterClock(rules: Rules, speed: number): Rules {
  if (!(speed > 0 && Number.isFinite(speed))) {
    throw new RangeError(`the speed must be a number greater than 0, not ${speed}`);
  }
  const faster = (ms: number): number => (ms === 0 ? 0 : Math.max(1_000, Math.round(ms / speed)));
  const { polling, deadlinesMs, waits } = rules;

  return {
    ...rules,
    polling: { firstMs: faster(polling.firstMs), everyMs: faster(polling.everyMs) },
    deadlinesMs: byAction((_, action) => faster(deadlinesMs[action])),
    waits: {
      goneAfterMs: faster(waits.goneAfterMs),
      retryMs: faster(waits.retryMs),
      failedNodesMs: faster(waits.failedNodesMs),
      busyMs: faster(waits.busyMs),
      betweenStepsMs: faster(waits.betweenStepsMs),
      snapshotEveryMs: faster(waits.snapshotEveryMs),
      unreadMs: faster(waits.unreadMs),
    },
    rules: rules.rules.map((rule) => ({
      ...rule,
      ladder: rule.ladder.map((rung) => withFasterRung(rung, faster)),
      ...(rule.onResolved && { onResolved: rule.onResolved.map((step) => withFasterRung(step, faster)) }),
    })),
  };
}

function withFasterRung<AnyRung extends Rung>(rung: AnyRung, faster: (ms: number) => number): AnyRung {
  if (rung.action === 'notify') return rung;
  const { verify, deadlineMs } = rung;
  return {
    ...rung,
    ...(verify && {
      verify: { healthyForMs: faster(verify.healthyForMs), withinMs: faster(verify.withinMs) },
    }),
    ...(deadlineMs !== undefined && { deadlineMs: faster(deadlineMs) }),
  };
}
