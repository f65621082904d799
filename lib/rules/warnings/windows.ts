import { firingTimes } from '../firing-times.ts';
import type { AlertRule, PoolRules, Rules } from '../rules.ts';
import { APPROVAL_HOLDS_MS } from '../waits.ts';
import { isoTimeIn } from '../wall-clock.ts';
import { actionsOf, isDisruptive, waitsForWindow } from './ladder-facts.ts';
import { momentaryEvents } from './source-facts.ts';
import { formatSpan } from './spans.ts';
import { type Check, type CheckedFile, type Found, ownRulesOf, poolsOfRule, writtenAt } from './warning.ts';
import { entriesOf } from './when-inclusion.ts';
import { type Rhythm, rhythmOf } from './window-times.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** As far ahead a closed window is waited for (`windowAt`; a test compares both). */
export const LOOK_AHEAD_MS = 8 * DAY_MS;

/** Alertmanager repeats a notification after this long by default (`repeat_interval`). */
const REPEAT_INTERVAL_MS = 4 * HOUR_MS;

/** Windows that open too seldom or too briefly for the work that waits for them. */
export const windows: Check = (file, now) => {
  const withWindows = file.rules.pools.filter((pool) => pool.windows.length > 0);
  const rhythms = new Map(withWindows.map((pool) => [pool.name, rhythmOf(pool.windows, now)]));
  return [
    ...withWindows.flatMap((pool) => {
      const rhythm = rhythms.get(pool.name);
      return rhythm
        ? [...opening(pool, rhythm), ...length(pool, rhythm, file.rules), ...zones(pool, file, now)]
        : [];
    }),
    ...ownRulesOf(file).flatMap(({ rule, path }) => waiting(rule, path, rhythms, file.rules)),
  ];
};

function opening({ name, windows: all }: PoolRules, { never, longestGapMs }: Rhythm): Found[] {
  const dead = never.map((index) => ({
    code: 'window-never-opens' as const,
    path: ['pools', name, 'windows', index, 'start'],
    reason: `${JSON.stringify(all[index]?.start)} has no further time in ${all[index]?.timezone}: this window never opens again. Correct the year, or the day of the month`,
  }));
  if (longestGapMs === undefined || longestGapMs <= LOOK_AHEAD_MS) return dead;
  const rare = {
    code: 'window-too-rare' as const,
    path: ['pools', name, 'windows'],
    reason: `the windows are up to ${formatSpan(longestGapMs)} apart, and a command waits for a window only if it opens within ${formatSpan(LOOK_AHEAD_MS)}: otherwise it is skipped. Add a window for each week, or none`,
  };
  return [...dead, rare];
}

/** A call must begin inside of a window. It may end behind it. */
function length({ name, windows: all }: PoolRules, { longestOpenMs }: Rhythm, rules: Rules): Found[] {
  const needed = rules.rules
    .filter((rule) => rule.mode !== 'observe' && poolsOfRule(rule, rules).includes(name))
    .flatMap((rule) => actionsOf(rule))
    .filter(({ rung }) => isDisruptive(rung) && rung.action !== 'accept-event')
    .map(({ rung }) => ({ action: rung.action, ms: rung.deadlineMs ?? rules.deadlinesMs[rung.action] }));
  const [shortest] = needed.toSorted((a, b) => a.ms - b.ms);
  if (!shortest || longestOpenMs === 0 || longestOpenMs >= shortest.ms) return [];
  const index = Math.max(
    0,
    all.findIndex(({ lengthMs }) => lengthMs < shortest.ms),
  );
  const reason = `the window is open for ${formatSpan(longestOpenMs)}, and ${shortest.action} may take ${formatSpan(shortest.ms)} (its deadline): a call begins inside of the window, and its node is out of service after the end. Use a longer window`;
  return [{ code: 'short-window', path: ['pools', name, 'windows', index, 'length'], reason }];
}

/** The zone of a window is UTC unless it names one. */
function zones({ name, region, windows: all }: PoolRules, { written }: CheckedFile, now: number): Found[] {
  return all.flatMap(({ start, timezone }, index): Found[] => {
    const path = ['pools', name, 'windows', index];
    if (region?.startsWith('cn-') !== true || writtenAt(written, [...path, 'timezone']) !== undefined)
      return [];
    const next = firingTimes({ cron: start, timezone }).first(now);
    if (next === undefined) return [];
    const there = isoTimeIn('Asia/Shanghai', next).slice(11, 16);
    const reason = `has no timezone, so it opens by UTC: at ${isoTimeIn('UTC', next).slice(11, 16)} UTC, which is ${there} in Asia/Shanghai. Add timezone: Asia/Shanghai, or timezone: UTC if you mean that`;
    return [{ code: 'window-in-utc', path, reason }];
  });
}

/** Commands that wait for a window need evidence, or an approval, that is still good when it opens. */
function waiting(
  rule: AlertRule,
  path: PropertyKey[],
  rhythms: ReadonlyMap<string, Rhythm>,
  rules: Rules,
): Found[] {
  const { mode, maxEvidenceAgeMs } = rule;
  const rungs = actionsOf(rule).filter(({ rung }) => waitsForWindow(rung));
  const gaps = poolsOfRule(rule, rules).flatMap((pool) => {
    const gapMs = rhythms.get(pool)?.longestGapMs;
    return gapMs === undefined ? [] : [{ pool, gapMs }];
  });
  const [longest] = gaps.toSorted((a, b) => b.gapMs - a.gapMs);
  if (!longest || rungs.length === 0 || mode === 'observe' || maxEvidenceAgeMs >= longest.gapMs) return [];
  const { pool, gapMs } = longest;
  const apart = `the windows of pool ${pool} are up to ${formatSpan(gapMs)} apart`;
  const approved = rungs.find(
    ({ rung }) => mode === 'approve' || rung.mode === 'approve' || rung.action === 'delete-node-pool',
  );
  if (approved && gapMs > APPROVAL_HOLDS_MS) {
    const reason = `${apart}, and an approval holds for ${formatSpan(APPROVAL_HOLDS_MS)}: a plan that is approved earlier than that before a window opens expires, and goes to a person. Approve on the day of the window, or use windows that are closer together`;
    return [{ code: 'approval-before-window', path: [...path, 'ladder', approved.index], reason }];
  }
  if (approved?.index === 0) return [];
  const again = renewalOf(rule);
  if (again === 'read' || (again === 'repeated' && maxEvidenceAgeMs > REPEAT_INTERVAL_MS)) return [];
  const reason =
    again === 'once'
      ? `${apart}, and its alerts are delivered once: after ${formatSpan(maxEvidenceAgeMs)} the evidence is too old, and the node goes to a person before the window opens. Use a maxEvidenceAge of ${formatSpan(gapMs)}, if the fault is as true by then`
      : `${apart}, and Alertmanager repeats an alert after 4h by default: when a window opens, the last delivery may be older than ${formatSpan(maxEvidenceAgeMs)}, and then the node goes to a person. Use a maxEvidenceAge above the repeat_interval of its route, such as 5h, or a repeat_interval below ${formatSpan(maxEvidenceAgeMs)}`;
  return [{ code: 'evidence-before-window', path: [...path, 'maxEvidenceAge'], reason }];
}

/** How often the alerts of a rule are delivered while they fire. */
function renewalOf({ when }: AlertRule): 'once' | 'repeated' | 'read' {
  const entries = entriesOf(when);
  if (entries.every(({ source }) => source === 'scheduled-event')) return 'read';
  const isOnce = entries.every(
    ({ source, event = [] }) =>
      source === 'kubernetes' ||
      (source === 'smn' && event.length > 0 && event.every((one) => momentaryEvents.includes(one))),
  );
  return isOnce ? 'once' : 'repeated';
}
