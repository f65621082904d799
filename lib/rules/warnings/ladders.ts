import { traitsOf } from '#lib/actions/traits';
import { canonicalJson } from '#lib/hash';
import { anyMatches } from '../match.ts';
import { poolOf } from '../pool.ts';
import type { ActionRung, AlertRule, Rules } from '../rules.ts';
import { actionsOf, tagsOf, updateOf } from './ladder-facts.ts';
import { momentaryEvents } from './source-facts.ts';
import { type Check, type Found, listed, ownRulesOf, poolsOfRule } from './warning.ts';
import { entriesOf } from './when-inclusion.ts';

type Placed = { rule: AlertRule; path: PropertyKey[] };

/** Rungs that can never be carried out, and effects that stay. */
export const ladders: Check = (file) =>
  ownRulesOf(file).flatMap((placed) => [
    ...excludedByPhase(placed),
    ...migrationsIntoOwnPool(placed, file.rules),
    ...repeated(placed),
    ...neverResolves(placed),
    ...staysIsolated(placed, file.rules),
    ...tagsThatStay(placed),
    ...nothingToAccept(placed),
  ]);

/** The phases of a node in which the guards of an action may allow it. A rung for a node pool is only about the node. */
function possiblePhases(rung: ActionRung): readonly string[] | undefined {
  if (traitsOf(rung.action).target === 'node-pool') return undefined;
  return ['openHaRedundant', 'closeHaRedundant'].includes(updateOf(rung) ?? '')
    ? ['Available']
    : ['Available', 'Abnormal'];
}

function excludedByPhase({ rule, path }: Placed): Found[] {
  const { phase } = rule;
  if (!phase) return [];
  return actionsOf(rule).flatMap(({ rung, index }): Found[] => {
    const possible = possiblePhases(rung);
    if (!possible || phase.some((one) => possible.includes(one))) return [];
    const what = updateOf(rung) ?? rung.action;
    const reason = `is never carried out: the rule demands a node that is ${phase.join(' or ')} (phase), and ${what} needs one that is ${possible.join(' or ')}`;
    return [{ code: 'phase-excludes-action', path: [...path, 'ladder', index], reason }];
  });
}

function migrationsIntoOwnPool({ rule, path }: Placed, rules: Rules): Found[] {
  return actionsOf(rule).flatMap(({ rung, index }): Found[] => {
    const { toPoolName, toClusterName } = rung.action === 'migrate-nodes' ? rung.parameters : {};
    const to = typeof toPoolName === 'string' ? poolOf(rules, toPoolName)?.name : undefined;
    if (to === undefined || toClusterName !== undefined || !poolsOfRule(rule, rules).includes(to)) return [];
    const reason = `moves a node of pool ${to} into pool ${to}, where it is already: name another pool`;
    return [{ code: 'same-pool', path: [...path, 'ladder', index, 'migrate-nodes', 'toPoolName'], reason }];
  });
}

/** A reset may help the second time. Tags and notices do the same again. */
function repeated({ rule, path }: Placed): Found[] {
  return rule.ladder.flatMap((rung, index): Found[] => {
    const before = rule.ladder[index - 1];
    const isHarmless = rung.action === 'notify' || traitsOf(rung.action).endpoint.idempotent;
    if (!before || !isHarmless || canonicalJson(before) !== canonicalJson(rung)) return [];
    const reason = `is the same as the rung before it, which did not help: ${rung.action === 'notify' ? 'people get the notice twice' : 'it changes nothing more'}. Remove one`;
    return [{ code: 'repeated-rung', path: [...path, 'ladder', index], reason }];
  });
}

function neverResolves({ rule, path }: Placed): Found[] {
  if (!rule.onResolved) return [];
  const isMomentary = entriesOf(rule.when).every(
    ({ source, event = [] }) =>
      source === 'smn' && event.length > 0 && event.every((one) => momentaryEvents.includes(one)),
  );
  const reason =
    'begins only a day after the last delivery: an event of Cloud Eye reports a moment, and no message says that it is over. Undo the effect yourself, or use an alarm about a metric';
  return isMomentary ? [{ code: 'never-resolves', path: [...path, 'onResolved'], reason }] : [];
}

function staysIsolated({ rule, path }: Placed, { schedules }: Rules): Found[] {
  const opened = rule.ladder.findIndex((rung) => updateOf(rung) === 'openHaRedundant');
  const closes = [...rule.ladder, ...(rule.onResolved ?? []), ...schedules].some(
    (work) => updateOf(work) === 'closeHaRedundant',
  );
  if (opened < 0 || closes) return [];
  const reason =
    'isolates the node, and nothing returns it: it stays isolated after its alert has resolved, and counts in the budget. Add onResolved with update-nodes: { action: closeHaRedundant }';
  return [{ code: 'stays-isolated', path: [...path, 'ladder', opened], reason }];
}

/** The API deletes a tag by its key and its value. */
function tagsThatStay({ rule, path }: Placed): Found[] {
  const created = rule.ladder.filter((rung) => updateOf(rung) === 'createTags').flatMap(tagsOf);
  if (created.length === 0) return [];
  return (rule.onResolved ?? []).flatMap((step, index): Found[] => {
    const deleted = updateOf(step) === 'deleteTags' ? tagsOf(step) : [];
    const odd = deleted.filter(
      (tag) => !created.some((one) => one.key === tag.key && one.value === tag.value),
    );
    if (odd.length === 0) return [];
    const names = (tags: typeof created) => listed(tags.map(({ key, value }) => `${key}=${value}`));
    const reason = `deletes the tag ${names(odd)}, and the ladder creates ${names(created)}: the API deletes a tag by its key and its value, in the same case, so the tag of the ladder stays`;
    return [{ code: 'tag-stays', path: [...path, 'onResolved', index, 'update-nodes', 'tags'], reason }];
  });
}

function nothingToAccept({ rule, path }: Placed): Found[] {
  const isLate = entriesOf(rule.when).every(({ source, labels }) => {
    const states = Object.hasOwn(labels, 'state') ? labels['state'] : undefined;
    return source === 'scheduled-event' && states !== undefined && !anyMatches(states, 'inquiring');
  });
  if (!isLate) return [];
  return actionsOf(rule).flatMap(({ rung, index }): Found[] =>
    rung.action === 'accept-event'
      ? [
          {
            code: 'nothing-to-accept',
            path: [...path, 'ladder', index],
            reason:
              'is never carried out: only an event in the state inquiring waits for an authorization, and the rule does not take it. Add inquiring to labels.state',
          },
        ]
      : [],
  );
}
