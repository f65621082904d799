import { valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import type { Delivered } from '../../scenario/actors/actors.ts';
import { clock } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** States of a remediation in which a person knows of its fault. */
const WITH_A_PERSON = ['needs-human', 'failed', 'awaiting-approval', 'rejected'];
const GOES_ON = ['submitting', 'deferred', 'running', 'verifying'];
/** How long an alert may go on firing after a success until that counts as none, and until it is judged again. */
const MENDED_WITHIN_MS = 15 * 60_000;
const JUDGED_AGAIN_MS = 10 * 60_000;
const SLACK_MS = 10 * 60_000;

/**
 * No firing alert ends in silence: every fault that its sender still reports at the end of the world has a call in
 * progress, a wait whose end is known, or a person who has heard of it since it began.
 */
export function* noSilence(run: Run): Iterable<Finding> {
  if (run.scenario.settlesMs === undefined || !run.rested) return;
  const last = new Map<string, Delivered>();
  for (const delivered of run.correspondence.delivered) {
    const { episode, knownAtMs } = delivered;
    const before = last.get(episode.id);
    // An alert that was known to be over is not reported any more, even if an old report is delivered late.
    const isLater = !before || before.knownAtMs < knownAtMs;
    const isOverNow = before?.knownAtMs === knownAtMs && before.status === 'firing';
    if (isLater || isOverNow) last.set(episode.id, delivered);
  }
  const all = valuesOf(run, 'remediation#');
  for (const delivered of last.values()) {
    const { episode, status, sentAtMs, receipt } = delivered;
    if (status !== 'firing' || !receipt) continue;
    const rule = receipt.remediations[0]?.rule;
    const found = run.rules.rules.find(({ name }) => name === rule);
    if (found?.mode !== 'act') continue;
    // A node that is gone, or well in the eyes of the rule, needs no help.
    const node = run.world.pools.get(episode.pool)?.nodes.get(episode.node);
    if (!node || (found.phase && !found.phase.some((phase) => phase === node.phase))) continue;
    const own = all.filter(
      ({ pool, rule: by, nodes, alerts }) =>
        pool === episode.pool &&
        (by === rule || by === undefined) &&
        (nodes.includes(episode.node) ||
          nodes.includes(node.ip) ||
          alerts.some(({ fingerprint }: any) =>
            fingerprint.startsWith(episode.fingerprint.replace(/-v\d+$/, '')),
          )),
    );
    if (own.some((one) => isInHand(run, one, episode.atMs, sentAtMs))) continue;
    const ends = own
      .map(({ id, state, why }) => `${id.slice(0, 6)} ${state}: ${why ?? 'no reason'}`)
      .join('; ');
    yield {
      what: `${episode.id} of ${episode.node} still fired at ${clock(sentAtMs)}, and no person heard of it: ${ends || 'no remediation'}`,
    };
  }
}

/** Whether a remediation says that a person, or the product itself, is at work on a fault. */
function isInHand(run: Run, value: any, beganMs: number, lastMs: number): boolean {
  const { state, receipts, action } = value;
  const sinceMs = Date.parse(value.stateSince ?? value.createdAt);
  if (GOES_ON.includes(state)) return true;
  // A person has heard of it since it began; a notice of an earlier fault does not count.
  if (WITH_A_PERSON.includes(state) || action === 'notify') return sinceMs >= beganMs - SLACK_MS;
  if (state === 'succeeded') return lastMs - sinceMs < MENDED_WITHIN_MS + JUDGED_AGAIN_MS;
  if (state !== 'skipped') return false;
  const refusals: any[] = receipts.filter(({ step, allowed }: any) => step === 'guard' && allowed === false);
  const waits = refusals.filter(({ guard }) => guard === 'cooldown' || guard === 'rounds');
  return (
    lastMs - Date.parse(value.updatedAt) < JUDGED_AGAIN_MS + SLACK_MS &&
    waits.some(({ until }) => until !== undefined || run.endMs > 0)
  );
}
