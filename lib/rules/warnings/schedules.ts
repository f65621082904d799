import { traitsOf } from '#lib/actions/traits';
import { parseCron } from '../cron.ts';
import { firingTimes } from '../firing-times.ts';
import { anyMatches } from '../match.ts';
import type { Rules } from '../rules.ts';
import { isoTimeIn } from '../wall-clock.ts';
import { type Tag, tagsOf, updateOf } from './ladder-facts.ts';
import { formatSpan } from './spans.ts';
import { type Check, type Found, ownRulesOf, poolsOfRule } from './warning.ts';

const MINUTE_MS = 60_000;

/** `enforce-tag-policy` runs as often. */
const TAG_RUN_MS = 15 * MINUTE_MS;

/** More firings in one hour are probably a star in the field of the minutes. */
const MANY_FIRINGS = 12;

/** Schedules with times that their author can hardly mean, and time zones that run the other way. */
export const schedules: Check = ({ rules }, now) => [
  ...rules.schedules.flatMap(({ cron, timezone, action }, index): Found[] => {
    const path = ['schedules', index, 'cron'];
    if (firingTimes({ cron, timezone }).first(now) === undefined) {
      const reason = `${JSON.stringify(cron)} has no further time in ${timezone}: the schedule never fires again. Correct the year, or the day of the month`;
      return [{ code: 'schedule-never-fires', path, reason }];
    }
    const { minutes } = parseCron(cron);
    if (minutes.length < MANY_FIRINGS) return [];
    const [, hours = '*'] = cron.trim().split(/\s+/);
    const reason = `fires ${minutes.length} times in each hour of ${hours === '*' ? 'the day' : `its hours (${hours})`}, and calls ${traitsOf(action).name} each time. The first field has the minutes: write 0 for once an hour`;
    return [{ code: 'schedule-fires-often', path, reason }];
  }),
  ...invertedOffsets(rules, now),
];

/** In `Etc/GMT+8` the sign is that of POSIX: it is eight hours behind UTC. */
function invertedOffsets({ pools, schedules: all }: Rules, now: number): Found[] {
  const zones = [
    ...pools.flatMap(({ name, windows }) =>
      windows.map(({ timezone }, index) => ({
        timezone,
        path: ['pools', name, 'windows', index, 'timezone'],
      })),
    ),
    ...all.map(({ timezone }, index) => ({ timezone, path: ['schedules', index, 'timezone'] })),
  ];
  return zones.flatMap(({ timezone, path }): Found[] => {
    const [, sign, hours] = /^Etc\/GMT([+-])(\d{1,2})$/.exec(timezone) ?? [];
    if (sign === undefined || hours === '0') return [];
    const offset = isoTimeIn(timezone, now).slice(19);
    const reason = `${timezone} is UTC${offset}: the signs of these names are inverted. Use the name of a place, such as Asia/Shanghai or Europe/Berlin`;
    return [{ code: 'inverted-offset', path, reason }];
  });
}

/** Tags that rules and policies set and remove in turn, and policies that run less often than they say. */
export const tags: Check = (file) => [
  ...file.rules.tagPolicies.flatMap(({ reassertMs }, index): Found[] =>
    reassertMs < TAG_RUN_MS
      ? [
          {
            code: 'reassert-too-often',
            path: ['tagPolicies', index, 'reassert'],
            reason: `tags are compared every ${formatSpan(TAG_RUN_MS)}, so they are applied again no more often than that: use at least ${formatSpan(TAG_RUN_MS)}`,
          },
        ]
      : [],
  ),
  ...ownRulesOf(file).flatMap(({ rule, path }) =>
    rule.mode === 'observe'
      ? []
      : rule.ladder.flatMap((rung, index): Found[] => {
          const created = updateOf(rung) === 'createTags' ? tagsOf(rung) : [];
          const conflict = created
            .map((tag) => conflictOf(tag, poolsOfRule(rule, file.rules), file.rules))
            .find((one) => one !== undefined);
          const at = [...path, 'ladder', index, 'update-nodes', 'tags'];
          return conflict === undefined ? [] : [{ code: 'tag-conflict', path: at, reason: conflict }];
        }),
  ),
];

/** The tag policy that acts against a tag of a rule, in words. */
function conflictOf(
  { key, value }: Tag,
  pools: readonly string[],
  { tagPolicies }: Rules,
): string | undefined {
  const acting = tagPolicies.filter(({ mode, pool }) => mode === 'act' && pools.includes(pool));
  for (const { name, pool, forbid, require } of acting) {
    const globs = Object.hasOwn(forbid, key) ? forbid[key] : undefined;
    const demanded = Object.hasOwn(require, key) ? require[key] : undefined;
    const does =
      globs && anyMatches(globs, value)
        ? 'removes it'
        : demanded !== undefined && demanded !== value
          ? `sets it to ${demanded}`
          : undefined;
    if (does !== undefined)
      return `sets ${key}=${value}, and tag policy ${name} ${does} within ${formatSpan(TAG_RUN_MS)} on its nodes in pool ${pool}: use another key, or change the policy`;
  }
  return undefined;
}
