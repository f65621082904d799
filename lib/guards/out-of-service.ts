import { oneBearer } from './address.ts';
import { alertFiring, evidenceAge } from './evidence.ts';
import type { Guard } from './guard.ts';
import { nodePhase, nodePresent, noWorkload } from './node.ts';
import { nodeNotReplaced } from './replacement.ts';
import { windowOpen } from './window.ts';

/** The guards of every call that takes a node out of service, in the order of evaluation. An action adds its own, and those of history and pool. */
export const outOfServiceGuards: readonly Guard[] = [
  windowOpen,
  evidenceAge,
  alertFiring,
  oneBearer,
  nodePresent,
  nodeNotReplaced,
  nodePhase,
  noWorkload,
];
