import type { Alert } from '#lib/alerts/decide';
import type { PassedOver } from '#lib/alerts/sources/source';
import { parseTarget, targetText } from '#lib/alerts/target';
import { excerpt } from '#lib/bounds';
import type { FieldPath, Rules } from '#lib/rules/rules';
import type { JournalAlert } from './delivery-record.ts';

/** Bound of the stored labels of an alert. It covers all usual labels, not all possible ones. */
const MAX_LABELS = 15;
const MAX_LABEL_CHARACTERS = 100;

/** Limit of the searchable names of an alert's node. */
const MAX_NAMED = 3;

/** Limit of the length of a node's name. */
export const MAX_NAME_CHARACTERS = 253;

export const MAX_WHY_CHARACTERS = 500;

/** The journal's entry of an alert, for every outcome. */
export function journalEntry(
  alert: Alert,
  rules: Pick<Rules, 'rules'>,
  became: Pick<JournalAlert, 'rule' | 'pool' | 'remediation' | 'ignored'>,
): JournalAlert {
  const { ignored, ...rest } = became;
  const named = namesOf(alert, rules);
  return {
    alert: alert.sentAs ?? alert.fingerprint,
    status: alert.status,
    startsAt: alert.startsAt,
    labels: Object.fromEntries(
      Object.entries(alert.labels)
        .slice(0, MAX_LABELS)
        .map(([name, value]) => [excerpt(name, MAX_LABEL_CHARACTERS), excerpt(value, MAX_LABEL_CHARACTERS)]),
    ),
    ...(named.length > 0 && { named }),
    ...rest,
    ...(ignored !== undefined && { ignored: excerpt(ignored, MAX_WHY_CHARACTERS) }),
  };
}

/** The journal's entry of a report that is no alert. A search for its node finds it. */
export function journalEntryOfOther(
  { alert, why, labels = {} }: PassedOver,
  rules: Pick<Rules, 'rules'>,
): JournalAlert {
  const asAlert = {
    source: '',
    status: 'firing',
    fingerprint: alert,
    startsAt: '',
    annotations: {},
    labels,
  } as const;
  const { startsAt: _none, ...entry } = journalEntry(asAlert, rules, { ignored: why });
  return { ...entry, status: 'other' };
}

/**
 * The names that an alert may use for its node: the values of the labels that a rule reads, and of the labels that most
 * senders use. An alert without a matching rule has them too, so a search for its node finds it.
 */
function namesOf(alert: Alert, { rules }: Pick<Rules, 'rules'>): string[] {
  const places = [...rules.flatMap(({ node }) => node), ...USUAL_PLACES];
  const texts = places.flatMap(({ kind, key }) =>
    Object.hasOwn(alert[kind], key) ? [nameIn(alert[kind][key] ?? '')] : [],
  );
  return [...new Set(texts.filter((text) => text !== ''))].slice(0, MAX_NAMED);
}

/** Alertmanager and Grafana use the first two, the alarms of Huawei the others. */
const USUAL_PLACES: readonly FieldPath[] = [
  'instance',
  'node',
  'node_name',
  'private_ip',
  'instance_id',
  'nodeName',
].map((key) => ({ kind: 'labels', key }));

/** A name or an address without its port. Any other text stays as it is. */
export function nameIn(text: string): string {
  const target = parseTarget(text);
  return excerpt(target ? targetText(target) : text.trim(), MAX_NAME_CHARACTERS);
}
