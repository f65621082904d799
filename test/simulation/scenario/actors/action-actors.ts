import { fireSchedule } from '#lib/schedule/fire';
import { enforceAll } from '#lib/tag-policy/enforce-all';
import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import type { NodePools } from '../../world/node-pools.ts';
import type { World } from '../../world/world.ts';
import type { ActionInput, EnforceInput, FiringInput } from '../inputs/action-inputs.ts';
import type { CommandInput } from '../scenario.ts';
import { type DoneRun, invokeUntilDone, TIMEOUT_MS, TRIES } from './invoke-until-done.ts';
import { createPause } from './pause.ts';

/** One firing of a schedule, and whether its function said that it was dealt with. */
export type Fired = { input: FiringInput; atMs: number; accepted: boolean };

/** A command that the console would not have. */
export type Refused = { input: CommandInput; atMs: number; status: number };

/** `enforced`: the runs of the function that enforces tag policies. */
export type ActionCorrespondence = { fired: Fired[]; refused: Refused[]; enforced: DoneRun[] };

/** Schedules, and other people at the node pools. */
export function createActionActors(
  { scheduler, chance, trace }: ProcessWorld,
  { deployment, world, nodePools }: { deployment: Deployment; world: World; nodePools: NodePools },
): { begin(input: ActionInput): void; correspondence: ActionCorrespondence; isQuiet(): boolean } {
  const pause = createPause({ scheduler });
  const correspondence: ActionCorrespondence = { fired: [], refused: [], enforced: [] };
  let running = 0;

  async function fireOnce(input: FiringInput): Promise<void> {
    const scheduledAt = new Date(input.scheduledAtMs).toISOString();
    const entry: Fired = { input, atMs: scheduler.now(), accepted: false };
    correspondence.fired.push(entry);
    trace('a schedule', `${input.schedule} fires for ${scheduledAt}`);
    running += 1;
    for (let attempt = 1; attempt <= TRIES && !entry.accepted; attempt += 1) {
      const ended = await deployment.invoke('scale-node-pools', TIMEOUT_MS, (services, invocation) =>
        fireSchedule({ schedule: input.schedule, scheduledAt }, services, invocation),
      );
      if (ended.kind === 'returned') entry.accepted = true;
      else await pause(chance.between(60, 120, `${input.id}/${attempt}`) * 1000);
    }
    running -= 1;
  }

  async function enforce({ id, times }: EnforceInput): Promise<void> {
    const time = new Date(scheduler.now()).toISOString();
    running += 1;
    await invokeUntilDone(
      { scheduler, chance },
      deployment,
      { id, times, name: 'enforce-tag-policy' },
      (services, invocation) =>
        enforceAll({ time }, { ...services, commands: services.commands['update-nodes']! }, invocation),
      (done) => correspondence.enforced.push(done),
    );
    running -= 1;
  }

  return {
    correspondence,
    isQuiet: () => running === 0,
    begin(input) {
      switch (input.kind) {
        case 'firing':
          return void fireOnce(input);
        case 'enforce':
          return void enforce(input);
        case 'node-pool': {
          const pool = world.pools.get(input.pool);
          if (pool) nodePools.change(pool, input.nodePool, input.changes);
        }
      }
    },
  };
}
