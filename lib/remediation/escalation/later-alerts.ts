import { episodeName } from '#lib/alerts/identity';
import { readableAlertsOf } from '#lib/alerts/readable-alerts';
import { readRuleOnNode } from '#lib/alerts/rule-on-node';
import type { Remediation } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteAlerts } from '#lib/remediation/lifecycle/note';
import { targetsAsNamed } from '#lib/remediation/record/open';
import { isUndecided } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';

/**
 * A rung that has waited until all of its own alerts resolved also rests on the later alerts of its rule about the node. Otherwise its
 * ladder would stop here, and begin again from its first rung for one of those, although that rung did not help.
 *
 * @returns the same tasks, with these alerts.
 */
export async function withLaterAlerts<Task extends { remediation: Remediation }>(
  tasks: readonly Task[],
  services: RemediationServices,
): Promise<Task[]> {
  return Promise.all(
    tasks.map(async (task) => ({
      ...task,
      remediation: await withOwnLaterAlerts(task.remediation, services),
    })),
  );
}

async function withOwnLaterAlerts(
  remediation: Remediation,
  services: RemediationServices,
): Promise<Remediation> {
  const { id, rule, ladder, whole, pool, alerts, node } = remediation;
  if (rule === undefined || !ladder || ladder.rung === 0 || whole) return remediation;
  const { store, clock } = services;
  const own = await readableAlertsOf(remediation, store);
  const isOver =
    own.values.length === alerts.length && own.values.every(({ status }) => status === 'resolved');
  if (!isOver) return remediation;
  const named = node === undefined ? targetsAsNamed(remediation) : [node];
  const found = await readRuleOnNode(store, { rule, pool, nodes: named }, clock.now());
  const { stored } = await recordRemediation(services, id, clock.now(), (current) => {
    const known = new Set(current.alerts.map(episodeName));
    const later = found.firingReferences.filter((alert) => !known.has(episodeName(alert)));
    return isUndecided(current) && later.length > 0 ? noteAlerts(current, later) : undefined;
  });
  return { ...remediation, alerts: stored?.alerts ?? alerts };
}
