import type { SimulatedQueue } from '#local/rehearsal/cloud/queue';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { isBusy } from '#local/simulator/world/node-state';
import type { World } from '../../world/world.ts';

/** Other people work on nodes of the pool, with a job that looks like one of ours. */
export type OthersJobInput = {
  kind: 'others-job';
  id: string;
  atMs: number;
  pool: string;
  nodes: readonly string[];
  type: string;
  /** It says nothing of its nodes. */
  isSilent: boolean;
};

/** A person empties a queue. */
export type PurgeInput = { kind: 'purge'; id: string; atMs: number; queue: string };

/** The API answers no request for a while. */
export type OutageInput = { kind: 'outage'; id: string; atMs: number; lastsMs: number };

export type RecoveryInput = OthersJobInput | PurgeInput | OutageInput;

export function beginRecovery(
  input: RecoveryInput,
  { trace }: Pick<ProcessWorld, 'trace'>,
  { world, queues }: { world: World; queues: ReadonlyMap<string, SimulatedQueue> },
): void {
  if (input.kind === 'purge') {
    queues.get(input.queue)!.purge();
    return;
  }
  if (input.kind === 'outage') {
    trace('ModelArts', `answers no request for ${input.lastsMs / 1000} s`);
    world.outUntilMs = input.atMs + input.lastsMs;
    return;
  }
  const pool = world.pools.get(input.pool)!;
  const nodes = input.nodes.map((name) => pool.nodes.get(name));
  const free = nodes.filter((node) => node !== undefined && !isBusy(node) && node.job === undefined);
  if (free.length < nodes.length)
    return trace('somebody else', `cannot work on ${input.nodes.join(', ')} now`);
  trace('somebody else', `works on ${input.nodes.join(', ')}`);
  world.startOthers(
    pool,
    free.map((node) => node!),
    input.type,
    input.isSilent,
  );
}
