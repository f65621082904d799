import type { JournalAlert } from '#lib/journal/delivery-record';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { globMatches } from '#lib/rules/glob';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { commandText, targetsText } from '#lib/sentences/remediation';
import type { Call } from '#local/rehearsal/api';
import type { Told } from '#local/rehearsal/cloud/targets';
import type { Node } from '#local/simulator/world/node';
import { contains, sameTexts, unpaired } from './matching.ts';
import type { Expectation } from './test-file.ts';

/** The events up to the time of an expectation. */
export type Happened = {
  calls: readonly Call[];
  remediations: readonly (ShownRemediation & { refusedBy: readonly string[] })[];
  told: readonly Told[];
  /** Alerts that led to nothing, each with its last reason. */
  ignored: readonly JournalAlert[];
  nodes: ReadonlyMap<string, Node>;
};

/** An expectation that does not hold. `part`: the key in the file. */
export type Mismatch = {
  part: string;
  missing: readonly string[];
  unexpected: readonly string[];
  /** If one is missing and one is unexpected: the fields that differ. */
  fields: readonly { field: string; expected: string; actual: string }[];
};

/** Compares an expectation with the events. Every part that does not hold is a mismatch. */
export function mismatches(expected: Expectation, happened: Happened, rules: Rules): Mismatch[] {
  const { calls, remediations, notices, ignored, nodes, nothing } = expected;
  const poolOfCall = (call: Call) => poolOf(rules, call.pool ?? '')?.name ?? call.pool;
  const found: (Mismatch | undefined)[] = [
    calls &&
      compared('calls', calls, happened.calls, {
        fits: (one, call) => fitsCall(one, call, rules),
        wanted: fieldsOf,
        shown: (call) => callText(call, rules),
        actual: (call, key) => (key === 'pool' ? poolOfCall(call) : Object(call)[key]),
      }),
    remediations &&
      compared('remediations', remediations, happened.remediations, {
        fits: (one, remediation) => mismatchedFields(one, remediation).length === 0,
        wanted: fieldsOf,
        shown: remediationText,
        actual: (remediation, key) => remediationField(remediation, key),
      }),
    notices &&
      compared(
        'notices',
        notices,
        happened.told.filter(({ taken }) => taken),
        {
          fits: fitsNotice,
          wanted: fieldsOf,
          shown: ({ url, body }) => `to ${url}: ${body.title ?? body.subject}`,
          actual: ({ url, body }, key) =>
            key === 'to' ? url : key === 'node' ? body.remediation?.nodes : Object(body)[key],
        },
      ),
    ignored &&
      compared('ignored', ignored, happened.ignored, {
        fits: ({ labels = {}, why }, alert) =>
          contains(alert.labels ?? {}, labels) &&
          (why === undefined || globMatches(why, alert.ignored ?? '')),
        wanted: fieldsOf,
        shown: ({ labels, ignored: why }) => `${textOf(labels ?? {})}: ${why}`,
        actual: (alert, key) => (key === 'why' ? alert.ignored : Object(alert)[key]),
      }),
    nodes && comparedNodes(nodes, happened.nodes),
    nothing && nothingHappened(happened, rules),
  ];
  return found.filter((one) => one !== undefined);
}

type Compare<Expected, Actual> = {
  fits: (expected: Expected, actual: Actual) => boolean;
  wanted: (expected: Expected) => [string, unknown][];
  shown: (actual: Actual) => string;
  actual: (actual: Actual, key: string) => unknown;
};

function compared<Expected extends object, Actual>(
  part: string,
  expected: readonly Expected[],
  actual: readonly Actual[],
  { fits, wanted, shown, actual: fieldIn }: Compare<Expected, Actual>,
): Mismatch | undefined {
  const { missing, unexpected } = unpaired(expected, actual, fits);
  if (missing.length + unexpected.length === 0) return undefined;
  const [lone, other] = [missing[0], unexpected[0]];
  const isPair = lone !== undefined && other !== undefined && missing.length + unexpected.length === 2;
  const fields = isPair
    ? wanted(lone).flatMap(([field, value]) => {
        const is = fieldIn(other, field);
        return contains(is, value) ? [] : [{ field, expected: textOf(value), actual: textOf(is) }];
      })
    : [];
  return {
    part,
    missing: missing.map(
      (one) =>
        wanted(one)
          .map(([key, value]) => `${key} ${textOf(value)}`)
          .join(', ') || 'any',
    ),
    unexpected: unexpected.map(shown),
    fields,
  };
}

function fieldsOf(expected: object): [string, unknown][] {
  return Object.entries(expected).filter(([, value]) => value !== undefined);
}

function fitsCall(
  { endpoint, pool, nodes, nodePool, body }: NonNullable<Expectation['calls']>[number],
  call: Call,
  rules: Rules,
): boolean {
  return (
    (endpoint === undefined || endpoint === call.endpoint) &&
    (pool === undefined || poolOf(rules, pool)?.id === call.pool) &&
    (nodes === undefined || sameTexts(nodes, call.nodes)) &&
    (nodePool === undefined || nodePool === call.nodePool) &&
    (body === undefined || contains(call.body, body))
  );
}

type Shown = Happened['remediations'][number];

function mismatchedFields(
  expected: NonNullable<Expectation['remediations']>[number],
  remediation: Shown,
): string[] {
  return fieldsOf(expected).flatMap(([key, value]) => {
    const is = remediationField(remediation, key);
    if (key === 'why') return globMatches(textOf(value), is === undefined ? '' : textOf(is)) ? [] : [key];
    return (Array.isArray(is) ? is.includes(value) : is === value) ? [] : [key];
  });
}

function remediationField(remediation: Shown, key: string): unknown {
  if (key === 'node')
    return [...(remediation.nodes ?? []), ...(remediation.node === undefined ? [] : [remediation.node])];
  return Object(remediation)[key];
}

function remediationText(remediation: Shown): string {
  const { rule, state, why, refusedBy } = remediation;
  const by = refusedBy.length > 0 ? ` (refused by ${refusedBy.join(', ')})` : '';
  return `${rule === undefined ? '' : `${rule}: `}${commandText(remediation)} of ${targetsText(remediation)}: ${state}${by}${why === undefined ? '' : `, ${why}`}`;
}

function fitsNotice(
  { to, state, incident, node, severity, text }: NonNullable<Expectation['notices']>[number],
  { url, body }: Told,
): boolean {
  const words = body.text ?? body.message ?? '';
  return (
    (to === undefined || globMatches(to, url) || URL.parse(url)?.host === to) &&
    (state === undefined || body.state === state) &&
    (incident === undefined || body.incident === incident) &&
    (severity === undefined || body.severity === severity) &&
    (node === undefined || body.remediation?.nodes?.includes(node) === true || words.includes(node)) &&
    (text === undefined || globMatches(text, words))
  );
}

export function callText(call: Call, rules: Rules): string {
  const of = call.nodes.length > 0 ? call.nodes.join(', ') : (call.nodePool ?? 'a pool');
  const pool = poolOf(rules, call.pool ?? '')?.name ?? call.pool;
  const status = call.status === undefined ? 'its answer was lost' : `status ${call.status}`;
  const { nodeNames: _nodes, migrateNodeNames: _moved, ...body } = call.body;
  return `${call.endpoint} of ${of}${pool === undefined ? '' : ` in ${pool}`} ${JSON.stringify(body)}: ${status}`;
}

function comparedNodes(
  expected: NonNullable<Expectation['nodes']>,
  nodes: ReadonlyMap<string, Node>,
): Mismatch | undefined {
  const fields = Object.entries(expected).flatMap(([name, wanted]) => {
    const node = nodes.get(name);
    if (!node) return [{ field: name, expected: textOf(wanted), actual: 'no pool has it' }];
    const is = {
      phase: node.phase,
      driver: node.driverPhase,
      redundant: node.haRedundant,
      tags: Object.fromEntries(node.tags),
    };
    return fieldsOf(wanted).flatMap(([field, value]) => {
      const actual: unknown = Object(is)[field];
      const isSame = JSON.stringify(value) === JSON.stringify(actual);
      return isSame ? [] : [{ field: `${name} ${field}`, expected: textOf(value), actual: textOf(actual) }];
    });
  });
  return fields.length > 0 ? { part: 'nodes', missing: [], unexpected: [], fields } : undefined;
}

/** States in which a remediation has done nothing, and will do nothing. */
const NOTHING: readonly string[] = ['skipped', 'observed'];

function nothingHappened({ calls, remediations, told }: Happened, rules: Rules): Mismatch | undefined {
  const unexpected = [
    ...calls.map((call) => callText(call, rules)),
    ...remediations.filter(({ state }) => !NOTHING.includes(state)).map(remediationText),
    ...told.map(({ url, body }) => `a notice to ${url}: ${body.title ?? body.subject}`),
  ];
  return unexpected.length > 0 ? { part: 'nothing', missing: [], unexpected, fields: [] } : undefined;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ') || 'none';
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
