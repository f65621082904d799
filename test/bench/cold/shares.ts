import { type Figure, figure, median } from '../statistics/median.ts';
import type { StandIns } from '../world/stand-ins.ts';
import { type Candidate, liveOnce } from './cold-start.ts';
import { canThrottle } from './throttle.ts';

/** Lambda gives a function a whole CPU at this size, and less in proportion (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
const MB_OF_A_CPU = 1_769;

export const memories = [1_769, 512, 256] as const;

/** `first`: milliseconds of the first event, by the memory of the function. `ratio`: over the whole CPU of the same run. */
export type Shares = { name: string; first: Map<number, Figure>; ratio: Map<number, number> };

/** Measures first events with the share of a CPU that each size of memory gets. Initialisation has a whole one, as at Lambda. */
export async function benchShares(
  candidates: readonly Candidate[],
  { runs, folder }: { runs: number; folder: string },
  standIns: StandIns,
): Promise<Shares[]> {
  if (!canThrottle) return [];
  const taken = candidates.map((one) => ({
    one,
    ms: new Map(memories.map((MB) => [MB, new Array<number>()])),
  }));
  for (let run = 0; run < runs; run += 1) {
    for (const { one, ms } of taken) {
      for (const MB of memories) {
        const share = MB / MB_OF_A_CPU;
        const { handled } = await liveOnce(one, { events: 1, share, folder }, standIns);
        ms.get(MB)?.push(...handled.map((event) => event.ms));
      }
    }
  }
  return taken.map(({ one, ms }) => {
    const whole = median(ms.get(MB_OF_A_CPU) ?? []);
    return {
      name: one.name,
      first: new Map(Array.from(ms, ([MB, all]) => [MB, figure(all)])),
      ratio: new Map(Array.from(ms, ([MB, all]) => [MB, median(all) / whole])),
    };
  });
}
