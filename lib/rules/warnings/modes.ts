import { lastingActions } from '#lib/actions/traits';
import { isMoreCautious } from '../mode.ts';
import type { AlertRule, Mode } from '../rules.ts';
import { isDisruptive } from './ladder-facts.ts';
import { whensOf } from './matchers.ts';
import { type Check, type Found, listed, ownRulesOf, writtenAt } from './warning.ts';
import { entriesOf } from './when-inclusion.ts';

/** A file in which nothing begins by itself. */
export const withoutRules: Check = ({ rules: { rules, schedules, tagPolicies }, written }) => {
  if (rules.length + schedules.length + tagPolicies.length > 0) return [];
  const reason =
    'the file has no rule, no schedule and no tag policy: every alert is ignored, and only commands of people do something. Add rules, or extends with a pack';
  return [{ code: 'no-rule', path: writtenAt(written, ['rules']) === undefined ? [] : ['rules'], reason }];
};

/** Rules without any condition. Rules that only tell people may be meant so. */
export const withoutConditions: Check = (file) =>
  whensOf(file).flatMap(({ rule, when, path }): Found[] => {
    const { source, severity, event, labels, annotations } = when;
    const conditions = [source, severity, event, ...Object.keys(labels), ...Object.keys(annotations)];
    const acts = rule.ladder.some(({ action }) => action !== 'notify');
    if (!acts || conditions.some((one) => one !== undefined)) return [];
    const does = { act: 'calls the API', approve: 'asks for an approval', observe: 'records a call' }[
      rule.mode
    ];
    const reason = `takes every alert of every sender, and ${does} for it: also for alerts that are about no fault of a node. Add conditions under when`;
    const at = writtenAt(file.written, path) === undefined ? path.slice(0, 2) : path;
    return [{ code: 'no-condition', path: at, reason }];
  });

/** Modes that do not count, or that do more than their author may expect. */
export const modes: Check = (file) => [
  ...ownRulesOf(file).flatMap(({ rule, path }) => [
    ...withoutEffect(rule, path),
    ...onMissingData(rule, path, file.written),
  ]),
  ...file.rules.schedules.flatMap(({ action, mode }, index): Found[] => {
    const isLasting = lastingActions.some(({ name }) => name === action);
    if (!isLasting || mode !== 'act' || writtenAt(file.written, ['schedules', index, 'mode']) !== undefined)
      return [];
    const reason = `a schedule without a mode acts: it calls ${action} at its time, and no other call undoes that. Write mode: act if you mean it, or mode: observe or approve`;
    return [{ code: 'schedule-acts', path: ['schedules', index], reason }];
  }),
];

/** Only the more cautious mode counts, of the rule, of the rungs before and of the rung itself. */
function withoutEffect({ mode, ladder, onResolved = [] }: AlertRule, path: PropertyKey[]): Found[] {
  let before: Mode = mode;
  const rungs = ladder.flatMap((rung, index) => {
    if (rung.action === 'notify') return [];
    const whose = before === mode ? `the rule says ${mode}` : `an earlier rung says ${before}`;
    const found = isOverruled(rung.mode, before) ? [at(['ladder', index], whose)] : [];
    if (rung.mode !== undefined && isMoreCautious(rung.mode, before)) before = rung.mode;
    return found;
  });
  // A step that resets or moves a node must state a mode.
  const steps = onResolved.flatMap((step, index) =>
    isOverruled(step.mode, mode) && !lastingActions.some(({ name }) => name === step.action)
      ? [at(['onResolved', index], `the rule says ${mode}`)]
      : [],
  );
  return [...rungs, ...steps];

  function at(place: PropertyKey[], whose: string): Found {
    const reason = `has no effect: ${whose}, and the more cautious mode counts. Change the mode of the rule, or remove this one`;
    return { code: 'mode-without-effect', path: [...path, ...place, 'mode'], reason };
  }
}

function isOverruled(written: Mode | undefined, ruling: Mode): boolean {
  return written !== undefined && isMoreCautious(ruling, written);
}

/** A firing without data says nothing about the node. */
function onMissingData({ when, mode, ladder }: AlertRule, path: PropertyKey[], written: unknown): Found[] {
  const disruptive = ladder.find(isDisruptive);
  if (mode !== 'act' || !disruptive) return [];
  return entriesOf(when).flatMap(({ state = [] }, index): Found[] => {
    const odd = state.filter((one) => one !== 'alerting');
    if (odd.length === 0) return [];
    const isList = Array.isArray(writtenAt(written, [...path, 'when']));
    const at = [...path, 'when', ...(isList ? [index] : []), 'state'];
    const reason = `the rule acts (${disruptive.action}) on alerts in the state ${listed(odd)}, which report no fault: their sender only has no data, or an error. Take these states in a rule of its own, with mode: observe or a notice`;
    return [{ code: 'acts-without-report', path: at, reason }];
  });
}
