import type { ShownState } from '#lib/ledger/listing/shown';
import { type Entry, entryOf } from '#lib/remediation/record/outbox';
import type { RemediationState } from '#lib/rules/state';
import { PLAN_VALID_MS } from '#lib/rules/waits';
import { counted, listed } from '#lib/sentences/english';
import { deletionOf, planText } from '#lib/sentences/plan-text';
import { commandText, standingOf } from '#lib/sentences/remediation';
import { timeIn } from '#lib/sentences/time';
import { type BaseUrl, linkTo } from './links.ts';
import type { Line, Link, Step } from './message.ts';
import { inOneLine } from './one-line.ts';

/** The words of a notice about a remediation. `todo` and `until` are a person's task and its end; absent: none. */
export type RemediationWords = {
  title: string;
  lines: Line[];
  links: Link[];
  todo?: string;
  until?: string;
  destroys?: Destruction;
};

/** The targets that are gone if a person approves: at most `MAX_NAMED` names, and the number of all. */
export type Destruction = {
  nodePool: string;
  count: number;
  nodes: string[];
  workloads: string[];
};

/** The names of nodes in a notice. The page has all. */
const MAX_NAMED = 20;
const MAX_IN_TITLE = 3;

/** A list of names is longer than other free texts. */
const LENGTHS: Readonly<Record<string, number>> = { Destroys: 4_000, Changes: 2_000 };

export type Place = { poolName: string; zone: string; base: BaseUrl };

/**
 * The words about a remediation.
 *
 * @param entry the entry into the state; the remediation may have left it since. Undefined: a rung of its ladder notifies.
 */
export function remediationWords(
  remediation: ShownState,
  entry: Entry | undefined,
  { poolName, zone, base }: Place,
): RemediationWords {
  const { id, rule, jobId, why, plan } = remediation;
  const { state, since } = entryOf(remediation);
  const todo = toDo(remediation, base);
  const until = untilOf(remediation);
  const destroys = destructionOf(remediation);
  const changes = destroys ? undefined : planText(plan?.changes);
  const origin = [
    rule !== undefined && `rule ${rule}`,
    jobId !== undefined && `job ${jobId}`,
    `${state} since ${timeIn(zone, since)}`,
  ];
  const links = [
    ...linkTo(base, state === 'awaiting-approval' ? 'Approve or reject' : 'Open the remediation', [
      'remediations',
      id,
    ]),
    ...nodeLinks(remediation, base),
  ];
  const facts: [string, string | undefined | false][] = [
    ['Why', why],
    ['Destroys', destroys && destructionText(destroys)],
    ['Changes', state === 'awaiting-approval' && changes],
    ['To do', todo],
    ['Until', until && timeIn(zone, until)],
    ['Note', noteOf(remediation)],
    ['From', origin.filter(Boolean).join(', ')],
    ['More', links.length === 0 && `GET /remediations/${id}`],
  ];
  return {
    title: inOneLine(`${standing(remediation, entry)}: ${subjectText(remediation)} in pool ${poolName}`),
    lines: facts.flatMap(([name, text]) => (text ? [{ name, text: inOneLine(text, LENGTHS[name]) }] : [])),
    links,
    ...(todo !== undefined && { todo: inOneLine(todo) }),
    ...(until !== undefined && { until }),
    ...(destroys && { destroys }),
  };
}

/** The task of a person for a remediation in a state. Undefined: none. */
function toDo({ id, state, plan }: ShownState, base: BaseUrl): string | undefined {
  if (state === 'needs-human')
    return 'Poolkeeper does nothing more about it. Look at the target and its jobs in the ModelArts console';
  if (state === 'failed') return 'nothing more is tried. Look at the target in the ModelArts console';
  if (state === 'awaiting-approval' && plan)
    return base === undefined
      ? `look at the plan, then approve or reject it: POST /remediations/${id}/approve or …/reject with { "hash": "${plan.hash}" }`
      : 'look at the plan on its page, then approve or reject it there';
  return undefined;
}

/** The end of the time in which a person can act, or in which the work must be over. */
function untilOf({ state, plan, deadline, updatedAt }: ShownState): string | undefined {
  if (state === 'awaiting-approval' && plan)
    return new Date(Date.parse(plan.at ?? updatedAt) + PLAN_VALID_MS).toISOString();
  return state === 'running' || state === 'verifying' ? deadline : undefined;
}

function destructionOf({ state, plan }: ShownState): Destruction | undefined {
  const deletion = state === 'awaiting-approval' ? deletionOf(plan?.changes) : undefined;
  if (!deletion) return undefined;
  const { deletes, nodes, workloads } = deletion;
  return {
    nodePool: deletes.replace(/^node pool /, ''),
    count: nodes.length,
    nodes: firstOf(nodes),
    workloads: firstOf(workloads),
  };
}

function firstOf(names: readonly string[]): string[] {
  return names.slice(0, MAX_NAMED).map((name) => inOneLine(name, 128));
}

function destructionText({ nodePool, count, nodes, workloads }: Destruction): string {
  const left = count - nodes.length;
  const names = left > 0 ? `${nodes.join(', ')} and ${left} more; the page has all` : nodes.join(', ');
  const running = workloads.length > 0 ? `. They run ${listed(workloads, MAX_NAMED)}` : '';
  return `node pool ${nodePool} with ${counted(count, 'node')}${count > 0 ? `: ${names}` : ''}${running}`;
}

/** The action and its targets, counted and named. */
function subjectText(remediation: ShownState): string {
  const { nodes, nodePool, node, plan } = remediation;
  const command = commandText(remediation);
  if (nodes) {
    const [only = ''] = nodes;
    return nodes.length === 1
      ? `${command} of node ${only}`
      : `${command} of ${counted(nodes.length, 'node')} (${listed(nodes, MAX_IN_TITLE)})`;
  }
  const target = nodePool === undefined ? `the node pool of ${node}` : `node pool ${nodePool}`;
  const deletion = deletionOf(plan?.changes);
  return `${command} of ${target}${deletion ? ` with its ${counted(deletion.nodes.length, 'node')}` : ''}`;
}

function nodeLinks({ nodes = [], node, pool }: ShownState, base: BaseUrl): Link[] {
  const [only = node] = nodes;
  return nodes.length > 1 || only === undefined
    ? linkTo(base, 'Open the pool', ['pools', pool])
    : linkTo(base, 'Open the node', ['nodes', only], { pool });
}

/** The text that the rule gives with a notice. */
function noteOf({ action, parameters: { note } }: ShownState): string | undefined {
  return action === 'notify' && typeof note === 'string' ? note : undefined;
}

function standing(remediation: ShownState, entry: Entry | undefined): string {
  const { state, since } = entryOf(remediation);
  if (!entry) return `Notice from its rule (${state})`;
  if (entry.state === state && entry.since === since) return standingText(state);
  return `Was ${entry.state} at ${entry.since}, is now ${state}`;
}

/** A state in plain words, such as `Needs a person`. */
export function standingText(state: RemediationState): string {
  const { text } = standingOf(state);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A remediation that goes on, or has gone well, ends the alarm about it. One that waits for a person, or has failed, begins it. */
export const steps: Readonly<Record<RemediationState, Step>> = {
  observed: 'over',
  skipped: 'over',
  'awaiting-approval': 'opened',
  deferred: 'opened',
  submitting: 'taken-up',
  running: 'taken-up',
  verifying: 'taken-up',
  succeeded: 'over',
  failed: 'opened',
  escalated: 'opened',
  'needs-human': 'opened',
  rejected: 'over',
};
