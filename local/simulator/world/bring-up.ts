import type { FaultSubject } from '../faults/fault-list.ts';
import type { Node } from './node.ts';
import type { World } from './world.ts';

/** The end of a job's work on a node: it is `Available`, or `Abnormal` if it stays broken. */
export const bringUp = (world: World, node: Node, subject: FaultSubject): void => {
  const broken = node.staysBroken || world.faults.take(['stays-broken'], { ...subject, nodes: [node.name] });
  node.phase = broken ? 'Abnormal' : 'Available';
  node.driverPhase = broken ? 'Abnormal' : 'Running';
};
