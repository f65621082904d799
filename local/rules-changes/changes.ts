import { canonicalJson } from '#lib/hash';
import { toRecipient } from '#lib/notify/recipients';
import { type Mode, moreCautious } from '#lib/rules/mode';
import type { AlertRule, Rules } from '#lib/rules/rules';
import { counted, listed } from '#lib/sentences/english';
import { changeText, valueChanges } from './values.ts';

/** One difference between two rules files, in a sentence without a full stop. `acts`: more is done without a person. */
export type RulesChange = { text: string; acts: boolean };

/** An entry with a name: a rule, a tag policy or a schedule. `modes`: those of its steps. `content`: everything else. */
type Entry = { name: string; modes: readonly Mode[]; content: object };

type Kind = { one: string; several: string };

/** Names beyond this are only counted. */
const MOST_NAMES = 6;
/** Entries with other values beyond this are only counted, as after a change of a pack. */
const MOST_ENTRIES = 12;

/**
 * The differences between the rules in force and other rules, in plain words: first everything that acts now and did not before. Rules of
 * packs count as rules of the file. The values of recipients may be secrets, and do not show.
 */
export function rulesChanges(before: Rules, after: Rules): RulesChange[] {
  const changes = [
    ...entryChanges(rule, before.rules.map(ruleEntry), after.rules.map(ruleEntry)),
    ...order(before.rules, after.rules),
    ...entryChanges(policy, before.tagPolicies.map(plainEntry), after.tagPolicies.map(plainEntry)),
    ...entryChanges(schedule, before.schedules.map(plainEntry), after.schedules.map(plainEntry)),
    ...pools(before, after),
    ...recipients(before, after),
    ...settings(before, after),
  ];
  return [...changes.filter(({ acts }) => acts), ...changes.filter(({ acts }) => !acts)];
}

const rule: Kind = { one: 'rule', several: 'rules' };
const policy: Kind = { one: 'tag policy', several: 'tag policies' };
const schedule: Kind = { one: 'schedule', several: 'schedules' };

/** A rung may be more cautious than its rule. A notice calls nothing. */
function ruleEntry({ name, mode, ...content }: AlertRule): Entry {
  const steps = content.ladder.flatMap((rung) =>
    rung.action === 'notify' ? [] : [moreCautious(mode, 'mode' in rung ? (rung.mode ?? mode) : mode)],
  );
  return { name, modes: steps, content };
}

function plainEntry({ name, mode, ...content }: { name: string; mode: Mode }): Entry {
  return { name, modes: [mode], content };
}

function entryChanges(kind: Kind, before: readonly Entry[], after: readonly Entry[]): RulesChange[] {
  const [old, now] = [byName(before), byName(after)];
  const added = after.filter(({ name }) => !old.has(name));
  const gone = before.filter(({ name }) => !now.has(name)).map(({ name }) => name);
  const kept = after.flatMap((entry) => {
    const former = old.get(entry.name);
    return former ? [{ entry, former }] : [];
  });
  const changed = (wanted: Change) =>
    kept.filter(({ entry, former }) => changeOf(former, entry) === wanted).map(({ entry }) => entry.name);
  const newOnes = (mode: Mode) => added.filter((entry) => doing(entry) === mode).map(({ name }) => name);

  return [
    ...line(kind, changed('acts'), ['now acts', 'now act'], true),
    ...line(kind, newOnes('act'), ['is new, and acts', 'are new, and act'], true),
    ...line(kind, changed('acts-more'), ['now acts in more steps', 'now act in more steps'], true),
    ...line(kind, newOnes('approve'), ['is new, and waits for a person', 'are new, and wait for a person']),
    ...line(kind, newOnes('observe'), ['is new, and only observes', 'are new, and only observe']),
    ...line(kind, changed('waits'), ['now waits for a person', 'now wait for a person']),
    ...line(kind, changed('observes'), ['now only observes', 'now only observe']),
    ...line(kind, changed('acts-less'), ['now acts in fewer steps', 'now act in fewer steps']),
    ...line(kind, gone, ['is gone', 'are gone']),
    ...values(kind, kept),
  ];
}

type Change = 'acts' | 'acts-more' | 'acts-less' | 'waits' | 'observes';

function changeOf(former: Entry, entry: Entry): Change | undefined {
  const then = doing(former);
  const now = doing(entry);
  const more = stepsIn('act', entry) - stepsIn('act', former);
  if (then === now && now === 'act') return more > 0 ? 'acts-more' : more < 0 ? 'acts-less' : undefined;
  if (then === now) return undefined;
  return ({ act: 'acts', approve: 'waits', observe: 'observes' } as const)[now];
}

/** The boldest mode of an entry. A ladder that only sends notices observes. */
function doing({ modes }: Entry): Mode {
  return modes.includes('act') ? 'act' : modes.includes('approve') ? 'approve' : 'observe';
}

function stepsIn(mode: Mode, { modes }: Entry): number {
  return modes.filter((one) => one === mode).length;
}

function line(
  { one, several }: Kind,
  which: readonly string[],
  [isOne, areSeveral]: readonly [string, string],
  acts = false,
): RulesChange[] {
  if (which.length === 0) return [];
  return [
    {
      text: `${counted(which.length, one, several)} ${which.length === 1 ? isOne : areSeveral}: ${listed(which, MOST_NAMES)}`,
      acts,
    },
  ];
}

/** The changed values of entries that stay. */
function values({ one, several }: Kind, kept: readonly { entry: Entry; former: Entry }[]): RulesChange[] {
  const changed = kept.flatMap(({ entry, former }) => {
    const texts = valueChanges(former.content, entry.content).map(changeText);
    return texts.length > 0 ? [{ text: `${one} ${entry.name}: ${texts.join('; ')}`, acts: false }] : [];
  });
  const left = changed.length - MOST_ENTRIES;
  if (left <= 0) return changed;
  return [
    ...changed.slice(0, MOST_ENTRIES),
    { text: `${left} more ${left === 1 ? one : several} with other values`, acts: false },
  ];
}

/** The first rule that matches an alert takes it. */
function order(before: readonly AlertRule[], after: readonly AlertRule[]): RulesChange[] {
  const [old, now] = [names(before), names(after)];
  return common(old, now).join(' ') === common(now, old).join(' ')
    ? []
    : [
        {
          text: 'the order of the rules has changed: the first one that matches takes the alert',
          acts: false,
        },
      ];
}

/** The names of the first list that are in the second, too. */
function common(list: readonly string[], other: readonly string[]): string[] {
  return list.filter((name) => other.includes(name));
}

function names(entries: readonly { name: string }[]): string[] {
  return entries.map(({ name }) => name);
}

function pools(before: Rules, after: Rules): RulesChange[] {
  const [old, now] = [byName(before.pools), byName(after.pools)];
  const kind: Kind = { one: 'pool', several: 'pools' };
  return [
    ...line(kind, names(after.pools.filter(({ name }) => !old.has(name))), ['is new', 'are new']),
    ...line(kind, names(before.pools.filter(({ name }) => !now.has(name))), ['is gone', 'are gone']),
    ...after.pools.flatMap((pool) => {
      const texts = valueChanges(old.get(pool.name) ?? pool, pool).map(changeText);
      return texts.length > 0 ? [{ text: `pool ${pool.name}: ${texts.join('; ')}`, acts: false }] : [];
    }),
  ];
}

function recipients(before: Rules, after: Rules): RulesChange[] {
  const [added, gone] = [recipientsOnlyIn(after, before), recipientsOnlyIn(before, after)];
  const changed = common(added, gone);
  const kind: Kind = { one: 'recipient of notices', several: 'recipients of notices' };
  const without = (list: readonly string[]) => list.filter((name) => !changed.includes(name));
  return [
    ...line(kind, without(added), ['is new', 'are new']),
    ...line(kind, without(gone), ['is gone', 'are gone']),
    ...line(kind, changed, ['has other settings', 'have other settings']),
  ];
}

/** The names of recipients that only one file has, by their whole entries: two recipients may have the same name. */
function recipientsOnlyIn({ notify }: Rules, other: Rules): string[] {
  const known = new Set(other.notify.map(canonicalJson));
  return notify
    .filter((target) => !known.has(canonicalJson(target)))
    .map((target) => toRecipient(target).name);
}

/** The parts of the file that are one for all. */
function settings(before: Rules, after: Rules): RulesChange[] {
  return valueChanges(settingsOf(before), settingsOf(after)).map((change) => ({
    text: changeText(change),
    acts: false,
  }));
}

function settingsOf({ polling, deadlinesMs, approvals, sources, senders }: Rules): object {
  return { polling, deadlinesMs, approvals, sources, senders };
}

function byName<Thing extends { name: string }>(things: readonly Thing[]): Map<string, Thing> {
  return new Map(things.map((thing) => [thing.name, thing]));
}
