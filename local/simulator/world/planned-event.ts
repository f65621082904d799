import * as z from 'zod';
import type { World } from './world.ts';

/** The words of the API (docs/design/modelarts-notes.md, 3.5). */
export const PlannedType = z.enum([
  'system-maintenance',
  'localdisk-recovery',
  'node_reboot',
  'operation-request',
  'node_maintenance',
  'node_redeploy',
  'node_localdisk_recovery',
]);
export const PlannedState = z.enum([
  'inquiring',
  'scheduled',
  'executing',
  'completed',
  'failed',
  'canceled',
]);
export const RedeployType = z.enum(['HARD', 'SOFT']);

/** Maintenance that is planned for a node. Times are simulated milliseconds. */
export interface PlannedEvent {
  readonly id: string;
  readonly type: z.output<typeof PlannedType>;
  readonly poolId: string;
  readonly node: string;
  readonly redeployTypes: readonly z.output<typeof RedeployType>[];
  readonly publishedAtMs: number;
  state: z.output<typeof PlannedState>;
  /** As it was accepted. */
  notBeforeMs?: number;
  startedAtMs?: number;
  finishedAtMs?: number;
}

/** The event as the API shows it. */
export const renderPlannedEvent = (event: PlannedEvent, world: World): object => {
  const time = (ms: number): string =>
    new Date(world.clock.toRealMs(ms)).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const pool = world.pools.get(event.poolId);
  return {
    id: event.id,
    catalog: 'hardware',
    type: event.type,
    description: `The hardware of ${event.node} needs maintenance`,
    state: event.state,
    instanceType: 'standard',
    nodeName: event.node,
    poolName: event.poolId,
    poolDisplayName: pool?.displayName,
    publishTime: time(event.publishedAtMs),
    ...(event.notBeforeMs !== undefined && { notBefore: time(event.notBeforeMs) }),
    ...(event.startedAtMs !== undefined && { startTime: time(event.startedAtMs) }),
    ...(event.finishedAtMs !== undefined && { finishTime: time(event.finishedAtMs) }),
    redeployType: event.redeployTypes,
  };
};

/** How long maintenance takes, in simulated time. */
const MAINTENANCE_MS = 20 * 60_000;

/** An accepted event goes through its states: the node is away while it is executed, and well afterwards. */
export const beginMaintenance = (event: PlannedEvent, waitMs: number, world: World): void => {
  const { agenda, nowMs } = world;
  const node = world.pools.get(event.poolId)?.nodes.get(event.node);
  event.state = 'scheduled';
  event.notBeforeMs = nowMs + waitMs;
  agenda.schedule(event.notBeforeMs, (startedMs) => {
    if (event.state !== 'scheduled') return;
    event.state = 'executing';
    event.startedAtMs = startedMs;
    if (node) node.phase = 'Checking';
    agenda.schedule(startedMs + MAINTENANCE_MS, (finishedMs) => {
      if (event.state !== 'executing') return;
      endMaintenance(event, 'completed', finishedMs, world);
    });
  });
};

/** Ends an event in any state. A node that was away for it comes back. */
export const endMaintenance = (
  event: PlannedEvent,
  state: 'completed' | 'failed' | 'canceled',
  nowMs: number,
  world: World,
): void => {
  const node = world.pools.get(event.poolId)?.nodes.get(event.node);
  if (event.state === 'executing' && node?.phase === 'Checking')
    Object.assign(node, { phase: node.staysBroken ? 'Abnormal' : 'Available', driverPhase: 'Running' });
  event.state = state;
  event.finishedAtMs = nowMs;
};
