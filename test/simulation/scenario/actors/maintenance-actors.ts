import { readScheduledEvents } from '#lib/receiving/read-scheduled-events';
import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import type { PlannedEvents } from '../../world/planned-events.ts';
import type { MaintenanceInput, ReadingInput } from '../inputs/maintenance-inputs.ts';

/** One reading of planned maintenance that had succeeded: its process, when it began, and when it was over. */
export type PlannedReading = { by: string; atMs: number; endedAtMs: number };

const TIMEOUT_MS = 60_000;
/** Lambda invokes a function again that failed, twice. */
const TRIES = 3;

/** The vendor, who plans maintenance, and the clock by which it is read. */
export function createMaintenanceActors(
  { scheduler, chance, trace }: Pick<ProcessWorld, 'scheduler' | 'chance' | 'trace'>,
  { deployment, planned }: { deployment: Deployment; planned: PlannedEvents },
): {
  /** How many readings are to come: nothing is at rest before the last of them. */
  expect(count: number): void;
  begin(input: MaintenanceInput): void;
  readings: PlannedReading[];
  isQuiet(): boolean;
} {
  const readings: PlannedReading[] = [];
  let coming = 0;
  let running = 0;

  async function read({ id, times }: ReadingInput): Promise<void> {
    const time = new Date(scheduler.now()).toISOString();
    running += 1;
    await Promise.all(
      Array.from({ length: times }, async (_, number) => {
        for (let attempt = 1; attempt <= TRIES; attempt += 1) {
          const atMs = scheduler.now();
          const ended = await deployment.invoke(
            'receive-scheduled-events',
            TIMEOUT_MS,
            (services, invocation) => readScheduledEvents({ time }, services, invocation),
          );
          if (ended.kind === 'returned') {
            readings.push({ by: ended.by, atMs, endedAtMs: scheduler.now() });
            break;
          }
          const pauseMs = chance.between(60, 120, `${id}/${number}/${attempt}`) * 1000;
          await new Promise<void>((resolve) => scheduler.at(scheduler.now() + pauseMs, resolve));
        }
      }),
    );
    running -= 1;
  }

  return {
    readings,
    isQuiet: () => running === 0 && coming === 0,
    expect(count) {
      coming += count;
    },
    begin(input) {
      if (input.kind === 'read-planned') {
        coming -= 1;
        return void read(input);
      }
      if ('announces' in input) {
        trace('ModelArts', `announces ${JSON.stringify(input.announces)}`);
        return planned.announce(input.announces);
      }
      return planned.decide(input.of, input.happens);
    },
  };
}
