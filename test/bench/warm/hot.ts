import { type Candidate, liveOnce } from '../cold/cold-start.ts';
import { type Figure, figure } from '../statistics/median.ts';
import type { StandIns } from '../world/stand-ins.ts';

/** Milliseconds and requests of one event, once the function is hot. */
export type Hot = { name: string; ms: Figure; cpuMs: Figure; requests: number };

/** Runs each candidate over `events` new events, and measures the last third of them. */
export async function benchHot(
  candidates: readonly Candidate[],
  { events, folder }: { events: number; folder: string },
  standIns: StandIns,
): Promise<Hot[]> {
  const measured: Hot[] = [];
  for (const one of candidates) {
    const { handled } = await liveOnce(one, { events, folder }, standIns);
    const hot = handled.slice(-Math.ceil(events / 3));
    measured.push({
      name: one.name,
      ms: figure(hot.map(({ ms }) => ms)),
      cpuMs: figure(hot.map(({ cpuMs }) => cpuMs)),
      requests: figure(hot.map(({ requests }) => requests)).median,
    });
  }
  return measured;
}
