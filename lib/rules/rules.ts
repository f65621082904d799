import type * as z from 'zod';
import type { RulesFile } from './file/rules-file.ts';

/** The compiled rules, as the functions carry them. Only `parseRules` makes them. */
export type Rules = z.output<typeof RulesFile>;

/** Rules with the version of their file: the first 12 digits of its SHA-256, as `sha256sum` shows it. */
export type VersionedRules = Rules & { version: string };

export type PoolRules = Rules['pools'][number];

/** The demands on a healthy node, beside its phase. */
export type Healthy = NonNullable<PoolRules['healthy']>;

/** A number of nodes, or a share of the pool's nodes in percent (0 to 100). */
export type Budget = PoolRules['budget']['maxUnavailable'];

export type Window = PoolRules['windows'][number];

export type AlertRule = Rules['rules'][number];

export type Mode = AlertRule['mode'];

/** The conditions of a rule. An alert must meet all conditions of one entry. */
export type When = Exclude<AlertRule['when'], readonly unknown[]>;

/** `alerting`: the report of a fault. Otherwise its sender has no data, an error, or a reason of its own. */
export type AlertState = NonNullable<When['state']>[number];

/** Globs (`*` any characters, `?` one). One of them must match the entire value. */
export type Matcher = When['labels'][string];

/** A label or annotation of the alert. In the file: `labels.instance`. */
export type FieldPath = AlertRule['node'][number];

export type Rung = AlertRule['ladder'][number];

/** `parameters`: the vendor's request body without its target. */
export type ActionRung = Exclude<Rung, { action: 'notify' }>;

/** `mode` is absent if the rule's mode applies. */
export type ResolutionStep = NonNullable<AlertRule['onResolved']>[number];

export type TagPolicy = Rules['tagPolicies'][number];

export type NodeSelector = TagPolicy['nodes'];

export type Schedule = Rules['schedules'][number];

/** A recipient of notices. Its keys and its URL may hold references to secrets. */
export type NotifyTarget = Rules['notify'][number];

export type NotifyKind = NotifyTarget['kind'];

/** The recipients of one kind. */
export type TargetOf<Kind extends NotifyKind> = Extract<NotifyTarget, { kind: Kind }>;
