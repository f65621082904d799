import { listed } from '#lib/sentences/english';
import type { NodeState, Remediation, RemediationState } from '../types.ts';

/** The weight of a thing by its colour. A word or a letter always says the same. */
export type Tint = 'grey' | 'green' | 'blue' | 'amber' | 'red' | 'violet';

/** `1 node`, `2 nodes`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
}

/** A state of a remediation: its word, its colour, and its meaning. */
export type StateWords = { word: string; tint: Tint; means: string };

const STATES: Readonly<Record<RemediationState, StateWords>> = {
  observed: { word: 'observed', tint: 'grey', means: 'The rule only observes: nothing was done' },
  skipped: {
    word: 'skipped',
    tint: 'grey',
    means: 'It was not needed any more, or not allowed: nothing was done',
  },
  'awaiting-approval': { word: 'needs approval', tint: 'violet', means: 'A person must approve the plan' },
  deferred: { word: 'waiting', tint: 'amber', means: 'It must wait, and goes on by itself' },
  submitting: {
    word: 'deciding',
    tint: 'blue',
    means: 'Poolkeeper checks whether it is allowed, and sends it',
  },
  running: { word: 'running', tint: 'blue', means: 'ModelArts works on it' },
  verifying: {
    word: 'verifying',
    tint: 'blue',
    means: 'The work is done, and Poolkeeper checks the node itself',
  },
  succeeded: { word: 'succeeded', tint: 'green', means: 'It helped, and Poolkeeper has checked that' },
  failed: { word: 'failed', tint: 'red', means: 'It did not help' },
  escalated: { word: 'escalated', tint: 'grey', means: 'It did not help, and the next step follows' },
  'needs-human': { word: 'needs a person', tint: 'red', means: 'Poolkeeper cannot go on by itself' },
  rejected: { word: 'rejected', tint: 'grey', means: 'A person has rejected the plan' },
};

/** The words for a state of a remediation. A newer version may know more states than this page. */
export function stateWords(state: string): StateWords {
  const known: Readonly<Partial<Record<string, StateWords>>> = STATES;
  return known[state] ?? { word: state, tint: 'grey', means: '' };
}

/** The states of a remediation that goes on by itself. */
export const ACTIVE: readonly RemediationState[] = ['submitting', 'running', 'verifying'];

/** The states that are no end. */
export const OPEN: readonly RemediationState[] = [...ACTIVE, 'deferred', 'awaiting-approval'];

/** A state of a node: its letter in a cell, its word, and its meaning. */
export type NodeWords = { letter: string; word: string; means: string };

const NODE_STATES: Readonly<Record<NodeState, NodeWords>> = {
  broken: {
    letter: 'B',
    word: 'broken',
    means: 'the last remediation did not help, and the node is not well',
  },
  out: { letter: 'O', word: 'out', means: 'out of service, and not by Poolkeeper' },
  held: { letter: 'H', word: 'being worked on', means: 'a remediation works on it' },
  waiting: { letter: 'W', word: 'waiting', means: 'a command for it waits' },
  cooldown: { letter: 'C', word: 'cooldown', means: 'well, and left alone for a while after a remediation' },
  unknown: { letter: '?', word: 'unknown', means: 'no good reading shows it' },
  well: { letter: '', word: 'well', means: 'in service' },
};

/** The words for a state of a node. */
export function nodeWords(state: string): NodeWords {
  const known: Readonly<Partial<Record<string, NodeWords>>> = NODE_STATES;
  return known[state] ?? { letter: '?', word: state, means: '' };
}

/** All states of a node, in the order of a legend. */
export const nodeStates: readonly NodeState[] = [
  'broken',
  'out',
  'held',
  'waiting',
  'cooldown',
  'unknown',
  'well',
];

const VERBS: Readonly<Record<string, [did: string, noun: string]>> = {
  'reset-nodes': ['Reset', 'node'],
  'update-nodes': ['Update', 'node'],
  'migrate-nodes': ['Migrate', 'node'],
  'update-node-pool': ['Change', 'node pool'],
  'delete-node-pool': ['Delete', 'node pool'],
  'accept-event': ['Accept the maintenance of', 'node'],
  notify: ['Tell people about', 'node'],
};

/** A remediation in a few words: `Reset os-node-created-lv29s`. */
export function titleOf(
  remediation: Pick<Remediation, 'action' | 'nodes' | 'nodePool' | 'node'>,
  most = 2,
): string {
  return `${verbOf(remediation.action)} ${targetsOf(remediation, most)}`;
}

/** The verb of an action, as the first word of a sentence. An unknown action keeps its own name. */
export function verbOf(action: string): string {
  return VERBS[action]?.[0] ?? action;
}

export function targetsOf(
  { nodes, nodePool, node }: Pick<Remediation, 'nodes' | 'nodePool' | 'node'>,
  most = 2,
): string {
  if (nodes && nodes.length > 0) return listed(nodes, most);
  if (nodePool !== undefined) return `node pool ${nodePool}`;
  return node === undefined ? 'an unknown target' : `the node pool of ${node}`;
}

/** Where a remediation comes from: its rule, or its source. */
export function originOf({ rule, reason }: Pick<Remediation, 'rule' | 'reason'>): string {
  if (rule !== undefined) return rule;
  const source = reason?.['source'];
  return typeof source === 'string' ? source : 'a command';
}
