import type { Mode } from '../mode.ts';
import { isolationCodes } from './isolation-codes.ts';
import { nodeConditions } from './node-conditions.ts';
import { npuEvents } from './npu-events.ts';
import { type FaultRow, type RowKind, ruleNameOf } from './row.ts';
import { serverEvents } from './server-events.ts';
import { type LadderSettings, ladderOf, modeOf } from './steps.ts';

/** The packs that a rules file can extend, by their names in `extends`. */
export const packs = {
  'pack/npu': [...nodeConditions, ...isolationCodes, ...npuEvents, ...serverEvents],
} as const satisfies Record<string, readonly FaultRow[]>;

export type PackName = keyof typeof packs;

export const packNames: readonly [PackName] = ['pack/npu'];

/** The settings under `pack`, as a rules file has them. */
export type PackSettings = LadderSettings & { pool: unknown; mode?: Mode };

/** A rule as it stands in a rules file. */
export type WrittenRule = { name: string } & Record<string, unknown>;

/** `match`: the globs of a row that stands for several codes. */
type MatchedRow = FaultRow & { match?: readonly string[] };

/** The node of an alert from Prometheus or AOM, and of an alarm of Cloud Eye. The first label that the alert has counts. */
const NODE_OF_CONDITION = ['labels.node', 'labels.node_ip', 'labels.instance'];
const NODE_OF_EVENT = ['labels.private_ip', 'labels.instance_id', 'labels.resource_id'];

/**
 * The conditions under which a rule takes the alerts of a row.
 *
 * A NodeCondition has no format of its own for alerts. It may be the name of the alert (of Alertmanager, or of AOM), the label
 * `condition` of `kube_node_status_condition` (kube-state-metrics), or the label `type` of `problem_gauge` (node-problem-detector).
 */
const WHEN: Record<RowKind, (row: MatchedRow) => unknown> = {
  'node-condition': ({ id }) => [
    { labels: { alertname: id } },
    { labels: { condition: id, status: 'true' } },
    { labels: { type: id } },
  ],
  'isolation-code': ({ id, match = [id] }) => [
    { labels: { alertname: [...match] } },
    { labels: { code: [...match] } },
  ],
  'cloud-eye-event': ({ id, namespaces = [] }) => ({
    source: 'smn',
    event: id,
    labels: { namespace: [...namespaces] },
  }),
};

/** For conditions and codes without a known row: a notice, and no action. */
const OTHERS: readonly MatchedRow[] = [
  {
    kind: 'node-condition',
    id: 'NT_*',
    rule: 'other-node-conditions',
    detects: 'A NodeCondition of the node agent that is in no known table.',
    advice: 'Not known, so a person decides.',
    step: 'person',
    page: 'https://support.huaweicloud.com/trouble-modelarts/modelarts_13_0287.html',
  },
  {
    kind: 'isolation-code',
    id: 'A??????',
    match: ['A050???', 'A200???'],
    rule: 'other-isolation-codes',
    detects: 'An isolation code that is in no known table.',
    advice: 'Not known, so a person decides.',
    step: 'person',
    page: 'https://support.huaweicloud.com/trouble-modelarts/modelarts_13_0292.html',
  },
];

/** The rows of packs in the order of their rules. The rules for all other conditions and codes are last. */
export function rowsIn(names: readonly PackName[]): MatchedRow[] {
  const rows: MatchedRow[] = [...names.flatMap((name): readonly FaultRow[] => packs[name]), ...OTHERS];
  return [...new Map(rows.map((row) => [ruleNameOf(row), row])).values()];
}

/** The rules of packs, as they would stand in a rules file. */
export function rulesOfPacks(names: readonly PackName[], settings: PackSettings): WrittenRule[] {
  const { pool, mode = 'observe' } = settings;
  return rowsIn(names).map((row) => ({
    name: ruleNameOf(row),
    when: WHEN[row.kind](row),
    node: { from: row.kind === 'cloud-eye-event' ? NODE_OF_EVENT : NODE_OF_CONDITION },
    pool,
    mode: modeOf(row, mode),
    ...(row.step === 'restart' && { cooldown: '6h' }),
    // An event is delivered once, and its reset waits for a person.
    ...(row.step === 'restart' && row.kind === 'cloud-eye-event' && { maxEvidenceAge: '12h' }),
    ladder: ladderOf(row, settings),
  }));
}
