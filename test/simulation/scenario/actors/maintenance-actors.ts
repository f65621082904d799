import { readScheduledEvents } from '#lib/receiving/read-scheduled-events';
import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import type { PlannedEvents } from '../../world/planned-events.ts';
import type { MaintenanceInput, ReadingInput } from '../inputs/maintenance-inputs.ts';
import { type DoneRun, invokeUntilDone } from './invoke-until-done.ts';

/** The vendor, who plans maintenance, and the timer that starts each reading of it. */
export function createMaintenanceActors(
  { scheduler, chance, trace }: Pick<ProcessWorld, 'scheduler' | 'chance' | 'trace'>,
  { deployment, planned }: { deployment: Deployment; planned: PlannedEvents },
): {
  /** How many readings are to come: nothing is at rest before the last of them. */
  expect(count: number): void;
  begin(input: MaintenanceInput): void;
  /** The readings of planned maintenance that have succeeded. */
  readings: DoneRun[];
  isQuiet(): boolean;
} {
  const readings: DoneRun[] = [];
  let coming = 0;
  let running = 0;

  async function read({ id, times }: ReadingInput): Promise<void> {
    const time = new Date(scheduler.now()).toISOString();
    running += 1;
    await invokeUntilDone(
      { scheduler, chance },
      deployment,
      { id, times, name: 'receive-scheduled-events' },
      (services, invocation) => readScheduledEvents({ time }, services, invocation),
      (done) => readings.push(done),
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
