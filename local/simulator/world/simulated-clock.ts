/**
 * Simulated time: starts at the real time of its creation and runs `speed` times as fast.
 *
 * The world uses simulated milliseconds. Clients see real times, because they compare them with their own clocks. So speed
 * shortens durations and moves no time stamp out of the real past.
 */
export interface SimulatedClock {
  readonly speed: number;
  /** Real milliseconds since the epoch. */
  realMs(): number;
  /** Simulated milliseconds; never goes backwards, even when the real clock is set back. */
  simulatedMs(): number;
  /** The real time at which the clock shows this simulated time, at the speeds it had, or (in the future) has now. */
  toRealMs(simulatedMs: number): number;
  /** Changes the speed from now on. The past stays as it was. */
  setSpeed(speed: number): void;
}

interface Stretch {
  readonly realMs: number;
  readonly simulatedMs: number;
  readonly speed: number;
}

export const createSimulatedClock = (now: () => number, speed: number): SimulatedClock => {
  const startMs = now();
  let current: Stretch = { realMs: startMs, simulatedMs: startMs, speed };
  const stretches = [current];
  let latestMs = startMs;

  const simulatedMs = (): number => {
    latestMs = Math.max(latestMs, current.simulatedMs + (now() - current.realMs) * current.speed);
    return latestMs;
  };

  return {
    get speed() {
      return current.speed;
    },
    realMs: now,
    simulatedMs,
    toRealMs(at) {
      const stretch =
        stretches.findLast((candidate) => candidate.simulatedMs <= at) ?? stretches[0] ?? current;
      return Math.round(stretch.realMs + (at - stretch.simulatedMs) / stretch.speed);
    },
    setSpeed(changed) {
      current = { realMs: now(), simulatedMs: simulatedMs(), speed: changed };
      stretches.push(current);
    },
  };
};
