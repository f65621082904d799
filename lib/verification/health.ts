import type { AlertReference } from '#lib/ledger/remediation-fields';
import { absenceOf, type Sighting } from '#lib/modelarts/reading/absence';
import { describeDriver } from '#lib/modelarts/reading/expected-drivers';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Healthy } from '#lib/rules/rules';
import { unmetDemand } from './unmet-demand.ts';

/**
 * The result of one poll of a node. `well`, `broken`: by the API, or by an alert. `busy`: the node has work in progress and
 * is not at rest yet. `unknown`: the API does not show its state. Only `broken` is a reason to do more to it.
 */
export type Health = {
  state: 'well' | 'busy' | 'broken' | 'unknown';
  why: string;
  /** The time since when the node is missing from its list, for the next poll. */
  notSeenSince?: string | undefined;
};

/** Phases of a node, or of its driver, that end without help. Source: docs/design/modelarts-api.md, 2.2. */
const BUSY_PHASES: readonly string[] = ['Creating', 'Deleting', 'Checking'];
const BUSY_DRIVER_PHASES: readonly string[] = ['Pending', 'Updating'];

/**
 * @param notSeenSince the result of the previous poll
 * @param anew alerts of the remediation that fire again. They count more than the API, because a node that has lost a card may be
 * `Available`.
 * @param goneAfterMs of the rules' `waits`
 * @param healthy further demands of the rules on the node
 */
export function healthOf(
  sighting: Sighting<PoolNode>,
  notSeenSince: string | undefined,
  [anew]: readonly AlertReference[],
  now: number,
  goneAfterMs: number,
  healthy: Healthy = {},
): Health {
  if (sighting.kind === 'seen') return healthOfNode(sighting.item, anew, healthy);
  const { notSeenSince: since, gone } = absenceOf(sighting, notSeenSince, now, goneAfterMs);
  if (gone) {
    const why = `the node has been gone from the pool since ${since}`;
    return { state: 'broken', why, notSeenSince: since };
  }
  return {
    state: 'unknown',
    why:
      sighting.kind === 'not-seen'
        ? "the pool's list does not show the node"
        : `it is not known whether the pool has the node: ${sighting.why}`,
    notSeenSince: since,
  };
}

function healthOfNode(node: PoolNode, anew: AlertReference | undefined, healthy: Healthy): Health {
  const { phase, driverPhase, driverMissing } = node;
  if (isUnreadable(node, 'phase') || (isUnreadable(node, 'driverPhase') && !driverMissing))
    return { state: 'unknown', why: "the API's answer about the node cannot be read" };
  if (phase === 'Abnormal') return { state: 'broken', why: 'the node is Abnormal' };
  if (phase !== 'Available') {
    const isBusy = BUSY_PHASES.includes(phase);
    return { state: isBusy ? 'busy' : 'unknown', why: `the node is ${phase || 'without a phase'}` };
  }
  if (driverPhase === undefined || driverPhase === 'Running') {
    if (anew)
      return { state: 'broken', why: `alert ${anew.fingerprint} has fired again since ${anew.startsAt}` };
    const absent = healthy.absent ?? (driverMissing ? 'unknown' : 'well');
    if (driverPhase === undefined && absent === 'unknown')
      return { state: 'unknown', why: 'the node is Available (its driver is not shown)' };
    const shown = `the node is Available${describeDriver(node)}`;
    const unmet = unmetDemand(node, healthy);
    return unmet ? { ...unmet, why: `${shown}, but ${unmet.why}` } : { state: 'well', why: shown };
  }
  const why = `the node is Available and its driver ${driverPhase}`;
  if (driverPhase === 'Abnormal') return { state: 'broken', why };
  return { state: BUSY_DRIVER_PHASES.includes(driverPhase) ? 'busy' : 'unknown', why };
}
