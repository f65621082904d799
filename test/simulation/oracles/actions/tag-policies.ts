import type { Rules, TagPolicy } from '#lib/rules/rules';
import { valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import type { WorldNode } from '../../world/pool.ts';
import { oneFits } from '../consent/consent-evidence.ts';
import { askedBy, askedFor } from '../facts/asked.ts';
import { clock } from '../facts/destructive.ts';
import { wasOddFor } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';

/** A tag that is applied again may take others along that are half as old. */
const ALONG = 0.5;
const HOUR_MS = 3_600_000;

/** The tags that the policies of a file require and forbid for one node: the first policy has the right of way. */
type Wanted = {
  required: { key: string; value: string; policy: TagPolicy }[];
  forbidden: { key: string; globs: readonly string[]; policy: TagPolicy }[];
};

function wantedOf(rules: Rules, pool: string, node: WorldNode): Wanted {
  const wanted: Wanted = { required: [], forbidden: [] };
  const name = rules.pools.find(({ id }) => id === pool)?.name;
  for (const policy of rules.tagPolicies) {
    const { flavor, nodePool, name: names, labels } = policy.nodes;
    const isMeant =
      policy.pool === name &&
      oneFits(flavor, node.flavor) &&
      oneFits(nodePool, node.nodePool) &&
      oneFits(names, node.name) &&
      Object.entries(labels).every(([key, globs]) => oneFits(globs, node.labels[key]));
    if (!isMeant) continue;
    for (const [key, value] of Object.entries(policy.require)) {
      const isTaken = wanted.required.some((other) => other.key.toLowerCase() === key.toLowerCase());
      const isBanned = wanted.forbidden.some((other) => other.key === key && oneFits(other.globs, value));
      if (!isTaken && !isBanned) wanted.required.push({ key, value, policy });
    }
    for (const [key, globs] of Object.entries(policy.forbid)) {
      const isDue = wanted.required.some(
        (other) => other.key === key && other.policy !== policy && oneFits(globs, other.value),
      );
      if (!isDue) wanted.forbidden.push({ key, globs, policy });
    }
  }
  return wanted;
}

/** The tags of a node as the ledger knew them at a time. */
function knownAt(run: Run, pool: string, node: string, atMs: number): any {
  const write = run.writes.findLast(
    ({ document: { pk, sk }, atMs: writtenAtMs }) =>
      sk === 'tags' && pk === `node#${pool}#${node}` && writtenAtMs <= atMs,
  );
  return write?.document['value'] ?? { present: {}, absent: [] };
}

/** A node as it was made; one in the place of another is like it. */
function nodeOf(run: Run, pool: string, name: string): WorldNode | undefined {
  const nodes = run.scenario.pools.find(({ id }) => id === pool)?.nodes;
  const found = nodes?.get(name) ?? nodes?.get(name.replace(/r+$/, ''));
  return found && { ...found, name };
}

/** For the sake of tag policies nothing is asked for but what they require and forbid, and not again without a reason. */
export function* askedByPolicy(run: Run): Iterable<Finding> {
  for (const request of askedFor(run)) {
    if (request.action !== 'update-nodes') continue;
    for (const remediation of askedBy(run, request)) {
      if (remediation.reason?.source !== 'tag-policy') continue;
      const made = writesOf(run, `remediation#${remediation.id}`)[0];
      const begun = run.deployment.begun.get(made?.by ?? '');
      if (!made || !begun) continue;
      const where = `request ${request.number} at ${clock(request.sentAtMs)} (${request.body.action}) for ${remediation.id}`;
      for (const target of request.targets.filter((name) => remediation.nodes.includes(name))) {
        const node = nodeOf(run, request.pool, target);
        if (!node) continue;
        const isIdle = run.world.ever(request.pool, target, begun.atMs, made.atMs, ({ phase }) =>
          ['Available', 'Abnormal'].includes(phase),
        );
        if (!isIdle)
          yield {
            what: `${where} was for ${target}, and a remediation worked on it`,
            atMs: request.sentAtMs,
          };
        const wanted = wantedOf(begun.rules, request.pool, node);
        const anySent = run.scenario.inputs.some((one) => one.kind === 'policy' && one.atMs <= made.atMs);
        for (const tag of request.body.tags) {
          if (isSent(run, tag, made.atMs)) continue;
          const whys = [begun.atMs, made.atMs].map((atMs) =>
            request.body.action === 'createTags'
              ? notToBeCreated(wanted, tag, knownAt(run, request.pool, target, atMs), begun.atMs, anySent)
              : notToBeDeleted(wanted, tag, knownAt(run, request.pool, target, atMs), begun.atMs),
          );
          if (whys.every((why) => why !== undefined))
            yield {
              what: `${where}: ${tag.key}=${tag.value} of ${target} ${whys[0]}`,
              atMs: request.sentAtMs,
            };
        }
      }
    }
  }
}

type Tag = { key: string; value: string };

/** Whether a tag is one that policies demand which were sent by then: those have keys of their own. */
function isSent(run: Run, { key }: Tag, atMs: number): boolean {
  return run.scenario.inputs.some(
    (input) =>
      input.kind === 'policy' &&
      input.atMs <= atMs &&
      JSON.stringify(input.body).toLowerCase().includes(`"${key.toLowerCase()}"`),
  );
}

function notToBeCreated(
  { required }: Wanted,
  { key, value }: Tag,
  known: any,
  atMs: number,
  anySent: boolean,
): string | undefined {
  const demand = required.find((one) => one.key === key && one.value === value);
  if (!demand) return 'is required by no policy';
  if (demand.policy.mode === 'observe') return 'is required by a policy that only observes';
  const there = known.present[key];
  // Another one that is due takes along what is half as old.
  const isAnyDue = required.some(({ key: other, value: its, policy: { reassertMs } }) => {
    const shown = known.present[other];
    return shown?.value !== its || atMs - Date.parse(shown.at) >= reassertMs - 1_000;
  });
  // One that was sent may be due, too.
  const share = isAnyDue || anySent ? ALONG : 1;
  const isFresh =
    there?.value === value && atMs - Date.parse(there.at) < demand.policy.reassertMs * share - 1_000;
  return isFresh ? `was there already, since ${there.at}` : undefined;
}

function notToBeDeleted(
  { required, forbidden }: Wanted,
  { key, value }: Tag,
  known: any,
  atMs: number,
): string | undefined {
  const there = known.present[key]?.value === value ? known.present[key] : undefined;
  const bans = forbidden.filter((one) => one.key === key && oneFits(one.globs, value));
  // If the ledger does not know a tag, any policy that names the tag in full takes it away.
  const named = bans.find(({ globs, policy }) => policy.mode !== 'observe' && globs.includes(value));
  const ban = there ? bans[0] : (named ?? bans[0]);
  if (ban?.policy.mode === 'observe') return 'is forbidden by a policy that only observes';
  if (required.some((one) => one.key === key && one.value === value)) return 'is required';
  if (ban && there) return undefined;
  if (ban) {
    if (!ban.globs.includes(value)) return 'is not known to be there';
    const gone = known.absent.find((one: any) => one.key === key && one.value === value);
    const isFresh = gone && atMs - Date.parse(gone.at) < ban.policy.reassertMs - 1_000;
    return isFresh ? `was deleted already at ${gone.at}` : undefined;
  }
  if (!there) return 'is neither forbidden nor known to be there';
  const other = required.find((one) => one.key.toLowerCase() === key.toLowerCase());
  if (other) return other.key === key ? 'must be replaced, not deleted' : undefined;
  return there.policy === undefined ? 'belongs to the person who set it' : undefined;
}

/** By the time that the function of the policies has run, it has asked for all that they require and forbid. */
export function* policiesEnforced(run: Run): Iterable<Finding> {
  const last = run.actions.enforced.findLast(({ endedAtMs }) => endedAtMs > 0);
  const rules = last && run.deployment.begun.get(last.by)?.rules;
  if (!last || !rules) return;
  const asked = valuesOf(run, 'remediation#').filter(
    ({ reason, createdAt }) =>
      reason?.source === 'tag-policy' &&
      Date.parse(createdAt) > last.atMs - HOUR_MS &&
      Date.parse(createdAt) <= last.endedAtMs,
  );
  for (const pool of run.world.pools.values()) {
    // A node that an odd answer does not show has to wait for the next run.
    if (wasOddFor(run, { by: last.by, pool: pool.id }, last.endedAtMs)) continue;
    for (const { name } of pool.nodes.values()) {
      const node = nodeOf(run, pool.id, name);
      const isBusy = run.world.ever(
        pool.id,
        name,
        last.atMs - 1_000,
        last.endedAtMs,
        ({ phase, present }) => !present || !['Available', 'Abnormal'].includes(phase),
      );
      if (!node || isBusy) continue;
      const { required, forbidden } = wantedOf(rules, pool.id, node);
      const known = knownAt(run, pool.id, name, last.atMs);
      const isAsked = (action: string, key: string, value: string) =>
        asked.some(
          ({ nodes, parameters }) =>
            nodes.includes(name) &&
            parameters.action === action &&
            parameters.tags.some((tag: Tag) => tag.key === key && tag.value === value),
        );
      const where = `the policies were enforced at ${clock(last.atMs)}, and no request asked`;
      for (const { key, value, policy } of required) {
        const there = known.present[key];
        const isThere = there?.value === value && last.atMs - Date.parse(there.at) < policy.reassertMs;
        if (policy.mode === 'act' && !isThere && !isAsked('createTags', key, value))
          yield { what: `${where} that ${name} gets ${key}=${value}` };
      }
      for (const [key, { value, policy: applier }] of Object.entries<any>(known.present)) {
        const ban = forbidden.find((one) => one.key === key && oneFits(one.globs, value));
        const same = required.find((one) => one.key.toLowerCase() === key.toLowerCase());
        if (same?.key === key || isSent(run, { key, value }, last.endedAtMs)) continue;
        const isMine = applier !== undefined && !rules.tagPolicies.some((one) => one.name === applier);
        const isDue = ban ? ban.policy.mode === 'act' : same ? same.policy.mode === 'act' : isMine;
        if (isDue && !isAsked('deleteTags', key, value))
          yield { what: `${where} that ${name} loses ${key}=${value}` };
      }
      for (const { key, globs, policy } of forbidden) {
        for (const value of globs.filter((glob) => !/[*?]/.test(glob))) {
          const gone = known.absent.find((one: any) => one.key === key && one.value === value);
          const isGone = gone && last.atMs - Date.parse(gone.at) < policy.reassertMs;
          const isOther = key in known.present || required.some((one) => one.key === key);
          if (policy.mode === 'act' && !isGone && !isOther && !isAsked('deleteTags', key, value))
            yield { what: `${where} that ${name} loses ${key}=${value}, which may be there` };
        }
      }
    }
  }
}
