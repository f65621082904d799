import * as z from 'zod';
import { actions, byAction } from '#lib/actions/traits';
import { dotPath, type PathProblem } from '#lib/issues';
import { suggestion } from '#lib/rules/file/wording';
import { forPrivilegedPools, unknownDestinations, whyNoDestination } from './destinations.ts';

const Text = z.string().optional().catch(undefined);
const Flag = z.boolean().optional().catch(undefined);
const Named = z.object({ name: Text, pool: Text }).catch({});
const PoolList = z.object({ of: z.array(Text).catch([]) });
const PoolMention = z.union([z.string(), PoolList]).optional().catch(undefined);
const Rule = z.object({ name: Text, pool: PoolMention }).catch({});
const Work = z.object({ pool: Text }).optional().catch(undefined);
const Scheduled = z
  .object({
    name: Text,
    ...byAction(() => Work),
  })
  .catch({});

/** The names and the references of a rules file. Everything else in the file may be wrong. */
const Outline = z
  .object({
    pools: z.record(z.string(), z.object({ id: Text, privileged: Flag }).catch({})).catch({}),
    rules: z.array(Rule).catch([]),
    tagPolicies: z.array(Named).catch([]),
    schedules: z.array(Scheduled).catch([]),
    notify: z.array(z.object({ pools: z.array(Text).optional().catch([]) }).catch({})).catch([]),
    senders: z.record(z.string(), z.object({ pools: z.array(Text) }).catch({ pools: [] })).catch({}),
    pack: z.object({ pool: PoolMention, quarantine: Text }).optional().catch(undefined),
  })
  .catch({ pools: {}, rules: [], tagPolicies: [], schedules: [], notify: [], senders: {} });

/**
 * Checks the references within a rules file: each name and pool id is unique, and each referenced pool exists. Works on the file
 * before its validation, so that one build reports these mistakes together with all others.
 */
export function referenceProblems(file: unknown): PathProblem[] {
  const { pools, rules, tagPolicies, schedules, notify, senders, pack } = Outline.parse(file);
  const poolIds = Object.entries(pools).map(([name, { id }]) => ({ path: ['pools', name, 'id'], text: id }));
  const references = [
    ...rules.flatMap(({ pool }, index) => poolsOfRule(pool, ['rules', index, 'pool'])),
    ...poolsOfRule(pack?.pool, ['pack', 'pool']),
    ...tagPolicies.map(({ pool }, index) => ({ path: ['tagPolicies', index, 'pool'], text: pool })),
    ...schedules.flatMap((schedule, index) =>
      actions.map((action) => ({
        path: ['schedules', index, action, 'pool'],
        text: schedule[action]?.pool,
      })),
    ),
    ...notify.flatMap((target, index) =>
      (target.pools ?? []).map((text, place) => ({ path: ['notify', index, 'pools', place], text })),
    ),
    ...Object.entries(senders).flatMap(([name, sender]) =>
      sender.pools.map((text, index) => ({ path: ['senders', name, 'pools', index], text })),
    ),
  ];
  return [
    ...repeated(poolIds),
    ...poolNamesThatAreIds(poolIds),
    ...repeated(namesOf('rules', rules)),
    ...repeated(namesOf('tagPolicies', tagPolicies)),
    ...repeated(namesOf('schedules', schedules)),
    ...unknownPools(pools, references),
    ...(Object.keys(pools).length > 0
      ? [...unknownDestinations(file, pools), ...unknownQuarantine(pools, pack?.quarantine)]
      : []),
    ...forPrivilegedPools(file, pools),
  ];
}

type Mention = { path: PropertyKey[]; text: string | undefined };

function unknownQuarantine(
  pools: Record<string, { id?: string | undefined }>,
  to: string | undefined,
): PathProblem[] {
  const known = Object.entries(pools).map(([name, { id }]) => ({ name, id }));
  const reason = to === undefined ? undefined : whyNoDestination(to, known, 'this file');
  return reason === undefined ? [] : [{ path: ['pack', 'quarantine'], reason }];
}

function poolsOfRule(pool: string | z.output<typeof PoolList> | undefined, path: PropertyKey[]): Mention[] {
  if (typeof pool !== 'object') return [{ path, text: pool }];
  return pool.of.map((text, index) => ({ path: [...path, 'of', index], text }));
}

function namesOf(list: string, items: { name?: string | undefined }[]): Mention[] {
  return items.map(({ name }, index) => ({ path: [list, index, 'name'], text: name }));
}

function repeated(mentions: Mention[]): PathProblem[] {
  const firstPath = new Map<string, string>();
  return mentions.flatMap(({ path, text }) => {
    if (text === undefined) return [];
    const first = firstPath.get(text);
    if (first === undefined) firstPath.set(text, dotPath(path));
    return first === undefined
      ? []
      : [{ path, reason: `"${text}" is already used by ${first}: choose another` }];
  });
}

function poolNamesThatAreIds(poolIds: Mention[]): PathProblem[] {
  return poolIds.flatMap(({ path: [pools = '', name = ''] }) =>
    poolIds.some((other) => other.text === name && other.path[1] !== name)
      ? [
          {
            path: [pools, name],
            reason: `"${String(name)}" is the id of another pool: give this pool another name`,
          },
        ]
      : [],
  );
}

function unknownPools(
  pools: Record<string, { id?: string | undefined }>,
  references: Mention[],
): PathProblem[] {
  const names = Object.keys(pools);
  // A file without any pool has that as its own problem.
  if (names.length === 0) return [];
  const known = new Set([...names, ...Object.values(pools).map(({ id }) => id)]);
  return references.flatMap(({ path, text }) =>
    text === undefined || known.has(text)
      ? []
      : [{ path, reason: `there is no pool "${text}"${suggestion(text, names)}` }],
  );
}
