import * as z from 'zod';
import { globMatches } from '#lib/rules/glob';
import type { DeliveryRecord, JournalAlert, Term } from './delivery-record.ts';
import { nameIn } from './entry.ts';
import { termsOf } from './record-delivery.ts';

/** The outcomes that a person may ask for. Those of `DELIVERY_OUTCOMES` concern a delivery as a whole. */
export const OUTCOMES = ['remediation', 'ignored', 'unreadable', 'truncated', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const DELIVERY_OUTCOMES: Partial<Record<Outcome, (record: DeliveryRecord) => boolean>> = {
  truncated: ({ truncated = 0 }) => truncated > 0,
  refused: ({ status = 202 }) => status >= 400,
};

/** Limit of the labels in one filter. */
const MAX_LABELS = 5;

/** `alertname=NT_NPU_*,rack=r7`: a comma before `name=` begins the next label, any other comma belongs to the value. */
export const LabelFilter = z
  .string()
  .max(1_000)
  .transform((text, context) => {
    const labels = text.split(/,(?=[^,=]+=)/).map((part) => /^\s*([^=]+)=(.*)$/s.exec(part));
    if (labels.length <= MAX_LABELS && labels.every((label) => label !== null)) {
      return labels.map(([, name = '', value = '']) => ({ name: name.trim(), value }));
    }
    context.addIssue({
      code: 'custom',
      message: `must be name=value, at most ${MAX_LABELS} of them with commas between; a value may have * and ?`,
    });
    return z.NEVER;
  });

/** The filters that read the content of a delivery. `pool`: its id. */
export type Filter = {
  node?: string | undefined;
  address?: string | undefined;
  fingerprint?: string | undefined;
  pool?: string | undefined;
  label?: readonly { name: string; value: string }[] | undefined;
  outcome?: Outcome | undefined;
  source?: string | undefined;
  sender?: string | undefined;
};

/** The part of a delivery that passes a filter: the delivery with the matching alerts, or undefined. */
export function filterDelivery(record: DeliveryRecord, filter: Filter): DeliveryRecord | undefined {
  const { source, sender, outcome } = filter;
  if (source !== undefined && record.source !== source) return undefined;
  if (sender !== undefined && record.sender !== sender) return undefined;
  const ofDelivery = outcome && DELIVERY_OUTCOMES[outcome];
  if (ofDelivery && !ofDelivery(record)) return undefined;

  const conditions = conditionsOf(filter);
  if (conditions.length === 0) return record;
  const alerts = record.alerts.filter((alert) => conditions.every((holds) => holds(alert)));
  return alerts.length > 0 ? { ...record, alerts } : undefined;
}

type Condition = (alert: JournalAlert) => boolean;

/** The conditions for a single alert. */
function conditionsOf({ node, address, fingerprint, pool, label = [], outcome }: Filter): Condition[] {
  const names = [node, address].flatMap((text) => (text === undefined ? [] : [nameIn(text)]));
  const terms: Term[] = [
    ...names.map((text): Term => ({ kind: 'node', text })),
    ...(fingerprint === undefined ? [] : [{ kind: 'alert' as const, text: fingerprint }]),
  ];
  return [
    ...terms.map(
      ({ kind, text }): Condition =>
        (alert) =>
          termsOf(alert).some((term) => term.kind === kind && term.text === text),
    ),
    ...label.map(
      ({ name, value }): Condition =>
        ({ labels = {} }) =>
          Object.hasOwn(labels, name) && globMatches(value, labels[name] ?? ''),
    ),
    ...(pool === undefined ? [] : [(alert: JournalAlert) => alert.pool === pool]),
    ...(outcome === undefined || DELIVERY_OUTCOMES[outcome]
      ? []
      : [(alert: JournalAlert) => alertOutcome(alert) === outcome]),
  ];
}

function alertOutcome({ status, ignored }: JournalAlert): Outcome {
  if (status === 'unreadable') return 'unreadable';
  return ignored === undefined ? 'remediation' : 'ignored';
}
