import type { AlertRecord } from '#lib/ledger/alert-document';
import { nodeHistoryKind, nodeHistoryPartition } from '#lib/ledger/node-record';
import { parseMany, type ReadMany, readMany, type Unreadable } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import type { Store } from '#lib/ledger/store';
import { readableAlertsOf } from './readable-alerts.ts';

/** So many of the latest remediations of a node are looked at. */
const LOOKED_AT = 50;

/** An alert whose resolution was lost does not fire without end: after a day without a delivery it counts as over. */
const SILENT_AFTER_MS = 24 * 3_600_000;

/** The consequences of a rule for one node, the newest first. */
export type RuleOnNode = {
  /** Rungs of its ladders. */
  rungs: Remediation[];
  /** The steps that followed from the resolution of its alerts. */
  undone: Remediation[];
  /** All alerts of the rule about the node. */
  alerts: AlertRecord[];
  /** Undefined: nothing is older than what was read. Otherwise what is older than this time was not. ISO 8601. */
  lookedBackTo: string | undefined;
  /** Alerts of the rule about the node that fire. */
  firing: AlertRecord[];
  /** Alerts of the rule about the node whose senders have lost sight of them: their faults may be there still. */
  lost: AlertRecord[];
  /** The same, as a remediation refers to them. */
  firingReferences: AlertReference[];
  unreadable: Unreadable[];
};

/** Reads the consequences of a rule for a node, under all names that the rule's alerts have used for it. */
export async function readRuleOnNode(
  store: Store,
  { rule, pool, nodes }: { rule: string; pool: string; nodes: readonly string[] },
  now: number,
): Promise<RuleOnNode> {
  const named = await readNamed(store, nodes);
  // A remediation for an address is in the history of the node's own name.
  const ownNames = named.values.flatMap(({ resolved = {} }) =>
    Object.values(resolved).map(({ node }) => node),
  );
  const others = [...new Set([...named.bearers, ...ownNames])].filter((name) => !nodes.includes(name));
  const further = await readNamed(store, others);
  const all = new Map([...named.values, ...further.values].map((value) => [value.id, value]));
  const own = [...all.values()]
    .filter((value) => value.rule === rule && value.pool === pool)
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));

  const rungs = own.filter(({ alerts }) => alerts.length > 0);
  const alerts = await Promise.all(rungs.map((rung) => readableAlertsOf(rung, store)));
  const isSeen = ({ seenAt }: AlertRecord) => now - Date.parse(seenAt) < SILENT_AFTER_MS;
  const isFiring = (alert: AlertRecord) => alert.status === 'firing' && isSeen(alert);
  const records = alerts.flatMap(({ values }) => values);
  const firingReferences = rungs.flatMap((rung, index) => {
    const fires = new Set(alerts[index]?.values.filter(isFiring).map(nameOf));
    return rung.alerts.filter((alert) => fires.has(nameOf(alert)));
  });
  return {
    rungs,
    undone: own.filter(({ resolution }) => resolution !== undefined),
    alerts: records,
    lookedBackTo: [...named.cutAt, ...further.cutAt].toSorted().at(-1),
    firing: records.filter(isFiring),
    lost: records.filter((alert) => alert.status === 'lost' && isSeen(alert)),
    firingReferences,
    unreadable: [
      ...named.unreadable,
      ...further.unreadable,
      ...alerts.flatMap(({ unreadable }) => unreadable),
    ],
  };
}

function nameOf({ fingerprint, startsAt }: Pick<AlertReference, 'fingerprint' | 'startsAt'>): string {
  return JSON.stringify([fingerprint, Date.parse(startsAt)]);
}

async function readNamed(store: Store, nodes: readonly string[]) {
  const pages = await Promise.all(
    nodes.map((node) => store.query({ partition: nodeHistoryPartition(node), limit: LOOKED_AT })),
  );
  const entries = parseMany(nodeHistoryKind, pages.flat());
  const ids = [...new Set(entries.values.map(({ remediation }) => remediation))];
  const { values, unreadable } = await readMany(store, remediationKind, ids.map(remediationKey));
  const cut = pages.filter(({ length }) => length === LOOKED_AT);
  const cutAt = cut.flatMap((page) => page.at(-1)?.sk.split('#')[0] ?? []);
  const bearers = entries.values.flatMap((entry) => entry.bearers ?? []);
  return { values, bearers, unreadable: [...entries.unreadable, ...unreadable], cutAt };
}

/**
 * The alerts that decide whether a remediation goes on: those that speak for it. For a step after a resolution, those that speak
 * against it, because they fire again or were lost.
 */
export async function alertsAbout(
  remediation: Pick<Remediation, 'alerts' | 'reason' | 'resolution' | 'rule' | 'pool' | 'nodes'>,
  store: Store,
  now: number,
): Promise<ReadMany<AlertRecord>> {
  const { resolution, rule, pool, nodes = [] } = remediation;
  if (!resolution || rule === undefined) return readableAlertsOf(remediation, store);
  const named = [...new Set([resolution.node, ...nodes])];
  const { firing, lost, unreadable } = await readRuleOnNode(store, { rule, pool, nodes: named }, now);
  return { values: [...firing, ...lost], unreadable };
}
