import { type Candidate, liveOnce } from '../cold/cold-start.ts';
import type { StandIns } from '../world/stand-ins.ts';

/** Megabytes of the heap after so many events. */
export type HeapAfter = { events: number; heapMb: number };

/** How the heap of a function grows over its events, each measured after a collection of garbage. */
export async function benchMemory(
  candidate: Candidate,
  { events, folder }: { events: number; folder: string },
  standIns: StandIns,
): Promise<HeapAfter[]> {
  const { heaps } = await liveOnce(
    candidate,
    { events, folder, heapEvery: Math.ceil(events / 10) },
    standIns,
  );
  return heaps.map(({ events: after, bytes }) => ({ events: after, heapMb: bytes / 2 ** 20 }));
}
