import { createFaultList, type FaultList } from '../faults/fault-list.ts';
import { createOddReplies, type OddReplies } from '../odd-replies/odd-replies.ts';
import { type Settings, type SimulatorOptions, settingsOf } from '../options.ts';
import { type Agenda, createAgenda } from './agenda.ts';
import { buildPool } from './build-pool.ts';
import type { Job } from './job.ts';
import { scheduleNodeFailure } from './node-failures.ts';
import type { PlannedEvent } from './planned-event.ts';
import type { Pool } from './pool.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { createSimulatedClock, type SimulatedClock } from './simulated-clock.ts';

/** The whole simulated world. Look at it only after `catchUp`. */
export interface World {
  readonly projectId: string;
  readonly settings: Settings;
  readonly clock: SimulatedClock;
  readonly agenda: Agenda;
  readonly random: SeededRandom;
  readonly faults: FaultList;
  readonly oddReplies: OddReplies;
  /** By id. */
  readonly pools: Map<string, Pool>;
  /** In order of their creation. */
  readonly jobs: Job[];
  /** In order of their publication. */
  readonly plannedEvents: PlannedEvent[];
  /** Simulated time of the last `catchUp`. */
  nowMs: number;
  nodeFailures: number;
  cancelNextNodeFailure: () => void;
}

/** Runs every event that has come due since the last reading of the world. */
export const catchUp = (world: World): void => {
  world.nowMs = world.clock.simulatedMs();
  world.agenda.runUntil(world.nowMs);
};

export const createWorld = (options: SimulatorOptions, now: () => number): World => {
  const random = createSeededRandom(options.seed);
  const clock = createSimulatedClock(now, options.speed);
  const pools = options.pools.map((pool, number) =>
    buildPool(pool, number, options.nodes, random, clock.realMs()),
  );
  const world: World = {
    projectId: options.projectId,
    settings: settingsOf(options),
    clock,
    agenda: createAgenda(),
    random,
    faults: createFaultList(random, () => clock.simulatedMs()),
    oddReplies: createOddReplies(random),
    pools: new Map(pools.map((pool) => [pool.id, pool])),
    jobs: [],
    plannedEvents: [],
    nowMs: clock.simulatedMs(),
    nodeFailures: 0,
    cancelNextNodeFailure: () => {},
  };
  for (const fault of options.faults) world.faults.add(fault);
  scheduleNodeFailure(world, world.nowMs);
  return world;
};
