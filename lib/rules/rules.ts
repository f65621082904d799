import type * as z from 'zod';
import type { RulesFile } from './file/rules-file.ts';

/** The rules in the form in which the functions carry them. Only `parseRules` makes them. */
export type Rules = z.output<typeof RulesFile>;

export type PoolRules = Rules['pools'][number];

/** The demands on a node that is well, beside its phase. */
export type Healthy = NonNullable<PoolRules['healthy']>;

/** A number of nodes, or that share of the pool's nodes, 0 to 100. */
export type Budget = PoolRules['budget']['maxUnavailable'];

export type Window = PoolRules['windows'][number];

export type AlertRule = Rules['rules'][number];

export type Mode = AlertRule['mode'];

export type When = AlertRule['when'];

/** Globs (`*` any characters, `?` one), of which one must match the whole value. */
export type Matcher = When['labels'][string];

/** A label or annotation of the alert, in the file `labels.instance`. */
export type FieldPath = AlertRule['node'];

export type Rung = AlertRule['ladder'][number];

/** `parameters`: the vendor's request body, less its target. */
export type ActionRung = Exclude<Rung, { action: 'notify' }>;

/** `mode`: where it is not the rule's. */
export type ResolutionStep = NonNullable<AlertRule['onResolved']>[number];

export type TagPolicy = Rules['tagPolicies'][number];

export type NodeSelector = TagPolicy['nodes'];

export type Schedule = Rules['schedules'][number];

/** Told, by a POST to `url`, of each remediation that comes into one of the states in `when`. */
export type NotifyTarget = Rules['notify'][number];
