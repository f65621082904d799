import { readFiringAnew } from '#lib/alerts/firing-anew';
import { episodeName } from '#lib/alerts/identity';
import { readRuleOnNode } from '#lib/alerts/rule-on-node';
import { release } from '#lib/capacity/release';
import type { Invocation } from '#lib/handler/invocation';
import { readReceipts } from '#lib/ledger/listing/read-receipts';
import type { Remediation } from '#lib/ledger/remediation';

import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { escalateRung } from '#lib/remediation/lifecycle/rung';
import { readRungsBefore } from '#lib/remediation/record/end-of-ladder';
import { ladderPosition, type Place } from '#lib/remediation/record/ladder';
import { effectiveMode } from '#lib/remediation/record/limits';
import { targetsAsNamed } from '#lib/remediation/record/open';
import { isRungFailed } from '#lib/remediation/record/outcome';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { wasDone } from '#lib/remediation/record/undone';
import { handoverOf, resultOf, shownBefore } from './escalation-report.ts';
import { announce, type Ladder, openRungs, rungsFrom } from './open-rungs.ts';

/**
 * Goes on from a rung whose failure is on record: to the next rung, or after the last one to a person. In this order: it opens the
 * next remediation, ends the failed one, releases its nodes, and puts the next command on its queue. Safe to repeat: the process
 * that finds it half done finishes it, and each step is done once.
 *
 * @param shown the present state of the node, in words; undefined if it was not read.
 */
export async function escalate(
  failed: Remediation,
  services: ReleasingServices,
  { log }: Invocation,
  shown?: string,
): Promise<void> {
  if (!isRungFailed(failed)) return;
  const { store } = services;
  const rungs =
    failed.phase === 'rung-failed'
      ? await endRung(failed, services, shown)
      : await rungsFrom(store, failed.escalatedTo);
  // If a call was accepted, the nodes are released with it, for their cooldown.
  await release(failed, wasDone(failed) ? 'over' : 'refused', services);
  await announce(rungs, services);
  const [next] = rungs;
  log.info(next ? 'escalated' : 'the ladder is at its end', {
    correlationId: failed.id,
    ...(next && { to: next.id, action: next.action }),
  });
}

/** Opens the next rungs and ends the failed one. @returns the rungs that were opened. */
async function endRung(
  failed: Remediation,
  services: ReleasingServices,
  shown: string | undefined,
): Promise<Remediation[]> {
  const { clock, rules } = services;
  const place = ladderPosition(rules, failed);
  const ladder = place && (await ladderFrom(failed, place, services, shown));
  const opened = ladder ? await openRungs(ladder, place.rung + 1, services) : [];
  const [next] = opened;
  await recordRemediation(services, failed.id, clock.now(), (current) =>
    current.phase === 'rung-failed' ? escalateRung(current, next, ladder?.handover) : undefined,
  );
  return opened;
}

/** The basis on which the rungs after a failed one are opened. */
async function ladderFrom(
  failed: Remediation,
  { rule, root, rung }: Place,
  { store, rules, clock }: ReleasingServices,
  shown: string | undefined,
): Promise<Ladder> {
  const { id, action, pool, alerts, createdAt, reason = {}, ladder } = failed;
  const nodes = nodesOf(failed);
  const chain = [...(await readRungsBefore(store, failed)), failed];
  // From here on the ladder also rests on alerts that fire anew, and on the rule's other alerts about the node. Otherwise it would
  // stop with the first alert, and begin again with the other.
  const anew = await readFiringAnew(store, failed, Date.parse(createdAt));
  const named = [...new Set([...nodes, ...targetsAsNamed(failed)])];
  const onNode = await readRuleOnNode(store, { rule: rule.name, pool, nodes: named }, clock.now());
  const known = new Set(alerts.map(episodeName));
  const added = [...anew, ...onNode.firingReferences].filter((alert) => {
    const isNew = !known.has(episodeName(alert));
    known.add(episodeName(alert));
    return isNew;
  });
  return {
    rule,
    root,
    pool,
    nodes,
    mode: effectiveMode(rules, failed).mode,
    evidenceAt: ladder?.failedAt ?? new Date(clock.now()).toISOString(),
    reason,
    alerts: [...alerts, ...added],
    why: `rung ${rung + 1}, ${action} of remediation ${id}, did not help: ${resultOf(failed)}`,
    handover: handoverOf(rule.name, chain, failed, shown ?? shownBefore(await readReceipts(store, failed))),
  };
}

/** The nodes of a rung, by their own names if these are known. */
function nodesOf(rung: Remediation): string[] {
  if (rung.node !== undefined) return [rung.node];
  // Unreported members of a supernode moved along with it. The ladder does nothing else to them.
  const along = rung.whole && !rung.whole.parts ? rung.whole.nodes : [];
  const names = Object.keys(rung.outcomes).filter((name) => !along.includes(name));
  return names.length > 0 ? names : targetsAsNamed(rung);
}
