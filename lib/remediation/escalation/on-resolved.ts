import { isNodePoolAction } from '#lib/actions/traits';
import { commandOfRung } from '#lib/alerts/command-of-rung';
import type { EndedEpisode } from '#lib/alerts/evidence';
import { type RuleOnNode, readRuleOnNode } from '#lib/alerts/rule-on-node';
import type { Invocation } from '#lib/handler/invocation';
import { contentId } from '#lib/hash';
import { readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { sendRungNotice } from '#lib/remediation/messages/rung-notice';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { isWaiting, type Opening, openRemediation } from '#lib/remediation/record/open';
import type { RemediationServices } from '#lib/remediation/record/services';
import { isUndone, mayHaveBeenDone } from '#lib/remediation/record/undone';
import { moreCautious } from '#lib/rules/mode';
import type { AlertRule, ResolutionStep } from '#lib/rules/rules';

type UndoServices = Pick<RemediationServices, 'store' | 'rules' | 'clock' | 'commands' | 'notices'>;

/** The most remediations that a step lists as undone by it. */
const MAX_UNDOES = 20;

/**
 * Starts the steps under `onResolved` of a rule. It does so when no alert of the rule about the node fires any more, and only if the
 * rule's ladders have changed something on the node that was not undone yet. The episode identifies the steps, so a repeated
 * resolution leads to the same ones.
 *
 * @returns the steps that are in the ledger for these episodes.
 * @throws Error if there is no time for all of them. A repetition of the delivery does the rest.
 */
export async function undoResolved(
  ended: readonly EndedEpisode[],
  isTime: () => boolean,
  services: UndoServices,
  invocation: Invocation,
): Promise<Remediation[]> {
  const steps: Remediation[] = [];
  // One after another, because two episodes of one node lead to the same steps.
  for (const episode of ended) {
    const rule = services.rules.rules.find(({ name }) => name === episode.about.rule);
    const { onResolved } = rule ?? {};
    // A lost alert is no evidence that there is anything to undo.
    if (!rule || !onResolved || episode.lost !== undefined) continue;
    if (!isTime()) throw new Error('there was no time left for the onResolved steps of all alerts');
    steps.push(...(await undo(episode, { ...rule, onResolved }, services, invocation)));
  }
  return [...new Map(steps.map((step) => [step.id, step])).values()];
}

type UndoingRule = AlertRule & { onResolved: ResolutionStep[] };

async function undo(
  episode: EndedEpisode,
  rule: UndoingRule,
  services: UndoServices,
  { log }: Invocation,
): Promise<Remediation[]> {
  const { store, clock, rules } = services;
  const { remediation: root, pool, node } = episode.about;
  const ids = rule.onResolved.map((_, index) => stepId(root, index));
  const { values: known } = await readMany(store, remediationKind, ids.map(remediationKey));
  let steps = known;
  if (known.length < ids.length) {
    const found = await readRuleOnNode(store, { rule: rule.name, pool, nodes: [node] }, clock.now());
    const open = openSteps(found, known.length > 0);
    if ('why' in open) {
      log.info('nothing is undone', { correlationId: root, rule: rule.name, node, why: open.why });
      return [];
    }
    const openings = rule.onResolved.map((_, index) => openingOf(episode, rule, index, open.undoes));
    steps = [];
    for (const opening of openings)
      steps.push((await openRemediation(services, opening, clock.now())).remediation);
  }
  for (const [index, step] of steps.entries()) {
    if (step.action === 'notify') await sendRungNotice(step, services);
    else if (isWaiting(step)) {
      // With a pause between them, so that no step finds the node held by the step before.
      const dueMs = clock.now() + index * rules.waits.betweenStepsMs;
      await sendCommand(step, services, new Date(dueMs).toISOString());
    }
  }
  return steps;
}

/** The remediations to undo, or the reason why there are none. `isBegun`: a process has died between the steps. */
function openSteps(
  { rungs, undone, firing, lost }: RuleOnNode,
  isBegun: boolean,
): { undoes: Remediation[] } | { why: string } {
  const [fires] = [...firing, ...lost];
  if (fires && !isBegun) {
    const which = `alert ${fires.fingerprint} of the rule about the node`;
    return { why: fires.lost === undefined ? `${which} still fires` : `${which} was lost (${fires.lost})` };
  }
  const last = undone.find(isUndone);
  const done = rungs
    .filter((rung) => mayHaveBeenDone(rung) && (isBegun || !last || rung.createdAt > last.createdAt))
    .slice(0, MAX_UNDOES);
  const [latest] = done;
  if (!latest) return { why: 'no call of the ladder is left to undo' };
  if (hasLeft(latest)) return { why: `the node was moved to another pool by remediation ${latest.id}` };
  return { undoes: done };
}

function hasLeft({ action, state, pool, parameters }: Remediation): boolean {
  const { toPoolName = pool } = parameters;
  return action === 'migrate-nodes' && state === 'succeeded' && toPoolName !== pool;
}

function stepId(root: string, index: number): string {
  return contentId(['on-resolved', root, index]);
}

function openingOf(
  { source, fingerprint, resolvedAt, about }: EndedEpisode,
  rule: UndoingRule,
  index: number,
  undoes: readonly Remediation[],
): Opening {
  const { mode: own = rule.mode, ...step } = rule.onResolved[index] ?? { action: 'notify' as const };
  const mode = moreCautious(own, rule.mode);
  const nodes = nodesOf(undoes, about.node);
  const reason = { source, rule: rule.name, event: fingerprint, resolvedAt };
  const shared = { pool: about.pool, reason, mode };
  const common = {
    alerts: [],
    resolution: {
      root: about.remediation,
      step: index,
      node: about.node,
      undoes: undoes.map(({ id }) => id),
    },
    receipts: [
      { step: 'event' as const, source, fingerprint, status: 'resolved', resolvedAt },
      {
        step: 'decision' as const,
        rule: rule.name,
        onResolved: index + 1,
        node: nodes[0],
        action: step.action,
        mode,
      },
    ],
  };
  const id = stepId(about.remediation, index);
  if (step.action === 'notify') {
    const { action: _action, ...parameters } = { severity: 'info', ...step };
    const observes = mode === 'observe';
    const why = `alert ${fingerprint} has resolved at ${resolvedAt}`;
    // No function judges a notice later, so its guard is recorded here.
    const asked = { step: 'guard' as const, guard: 'mode', allowed: !observes, why: `the mode is ${mode}` };
    return {
      ...common,
      receipts: [...common.receipts, asked],
      command: { ...shared, id, action: 'notify', nodes, parameters },
      begin: observes
        ? { phase: 'observed', why: `${why}; a notice would have been sent`, judged: 'mode' }
        : { phase: 'succeeded', why, judged: 'mode' },
    };
  }
  // The node pool that the ladder changed. By now the node may be in another one.
  const changed = undoes.find(({ nodePool }) => nodePool !== undefined)?.nodePool;
  const rung =
    'parameters' in step && isNodePoolAction(step.action) && changed !== undefined
      ? { nodePool: changed, ...step }
      : step;
  return { ...common, command: { ...commandOfRung(rung, nodes, shared), id } };
}

/** The nodes of the undone remediations, by their own names. */
function nodesOf(undoes: readonly Remediation[], named: string): string[] {
  const names = undoes.flatMap(({ nodes, outcomes }) => (nodes ? Object.keys(outcomes) : []));
  return names.length > 0 ? [...new Set(names)] : [named];
}
