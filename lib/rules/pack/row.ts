/**
 * The step that Huawei's advice asks for, as far as Poolkeeper can take it:
 *
 * - `restart`: restart the node, and repair it if that does not help
 * - `take-out`: the node must leave service, for a repair or before a failure
 * - `person`: a person decides, opens a ticket, or authorizes maintenance
 * - `record`: nothing to do; the alert only explains other alerts
 */
export type Step = 'restart' | 'take-out' | 'person' | 'record';

/** The kind of alert that carries a row. */
export type RowKind = 'node-condition' | 'isolation-code' | 'cloud-eye-event';

/** One row of a fault table that Huawei has published. It becomes one rule of a pack. */
export type FaultRow = {
  kind: RowKind;
  /** The name in Huawei's table: a NodeCondition, an isolation code, or the id of an event. */
  id: string;
  /** The name of its rule, if two rows have the same id. */
  rule?: string;
  /** The namespaces of Cloud Eye in which the event has this row. */
  namespaces?: readonly string[];
  /** Huawei's level of the event. */
  level?: 'Critical' | 'Major' | 'Minor' | 'Informational';
  detects: string;
  /** Huawei's advice, shortened. */
  advice: string;
  step: Step;
  /** The address of Huawei's page with the row. */
  page: string;
};

/** A row of Huawei's tables without a rule, and the reason. */
export type LeftOut = { rows: string; why: string };

/** The name of a row's rule. */
export function ruleNameOf({ id, rule = id }: Pick<FaultRow, 'id' | 'rule'>): string {
  return rule;
}
