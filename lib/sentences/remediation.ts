import type { RemediationAction } from '#lib/actions/traits';
import type { RemediationState } from '#lib/rules/state';
import { counted, fieldOf, listed, sentence, shownValue } from './english.ts';
import type { Tone } from './sentence.ts';

type Subject = {
  nodes?: readonly string[] | undefined;
  nodePool?: string | undefined;
  node?: string | undefined;
};

/** The targets of a remediation in a few words: a node pool, its nodes, or the first of them and their number. */
export function targetsText({ nodes, nodePool, node }: Subject, most = 3): string {
  if (!nodes) return nodePool === undefined ? `the node pool of ${node}` : `node pool ${nodePool}`;
  return listed(nodes, most);
}

/** The action of a command and, if the action has several kinds, its kind: `update-nodes createTags Env=prod`. */
export function commandText({
  action,
  parameters,
}: {
  action: RemediationAction;
  parameters: Readonly<Record<string, unknown>>;
}): string {
  const kind = parameters['action'];
  if (action !== 'update-nodes' || typeof kind !== 'string') return action;
  const tags: unknown = parameters['tags'];
  const pairs = Array.isArray(tags)
    ? tags.map(
        (tag: unknown) => `${shownValue(fieldOf(tag, 'key'))}=${shownValue(fieldOf(tag, 'value') ?? '')}`,
      )
    : [];
  return [action, kind, ...pairs].join(' ');
}

const STANDING: Readonly<Record<RemediationState, { text: string; tone: Tone }>> = {
  observed: { text: 'only observed, not done', tone: 'plain' },
  skipped: { text: 'not done', tone: 'notable' },
  'awaiting-approval': { text: 'waits for an approval', tone: 'notable' },
  deferred: { text: 'waits', tone: 'notable' },
  submitting: { text: 'being decided', tone: 'plain' },
  running: { text: 'in progress', tone: 'plain' },
  verifying: { text: 'done, being verified', tone: 'plain' },
  succeeded: { text: 'succeeded', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
  escalated: { text: 'did not help, the ladder went on', tone: 'notable' },
  'needs-human': { text: 'needs a person', tone: 'bad' },
  rejected: { text: 'rejected', tone: 'notable' },
};

/** A state in plain words, with its weight. */
export function standingOf(state: RemediationState): { text: string; tone: Tone } {
  return STANDING[state];
}

/** A remediation in one line: `reset-nodes of n1 in pool train-a: succeeded`. */
export function headline(
  remediation: Subject & {
    action: RemediationAction;
    parameters: Readonly<Record<string, unknown>>;
    state: RemediationState;
  },
  poolName: string,
): string {
  return `${commandText(remediation)} of ${targetsText(remediation)} in pool ${poolName}: ${standingOf(remediation.state).text}`;
}

/** The number of nodes, for the question to a person who decides. */
export function targetCount({ nodes, nodePool }: Subject): string {
  return nodes ? counted(nodes.length, 'node') : `node pool ${nodePool ?? ''}`.trim();
}

/** The reason of a state as a sentence; empty without one. */
export function whyText(why: string | undefined): string {
  return why === undefined ? '' : sentence(why);
}
