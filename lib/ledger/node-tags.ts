import * as z from 'zod';
import { jsonBytes } from '#lib/json-bytes';
import { type Call } from './call.ts';
import { type DocumentKind, readDocument, updateDocument } from './change.ts';
import { firstWithin, MAX_TAGS_BYTES } from './limits.ts';
import { noteEnforced } from './pool-tag-policies.ts';
import { remediationKey, remediationKind } from './remediation.ts';
import { type DocumentKey, expiry, type Store } from './store.ts';

/** The time and the remediation of a change, and its tag policy. Without a policy it was a command of its own. */
const Applied = z.object({ at: z.iso.datetime(), remediation: z.string(), policy: z.string().optional() });

const PresentTag = Applied.extend({ value: z.string() });
export type PresentTag = z.output<typeof PresentTag>;

/**
 * The tags of one node as far as Poolkeeper knows them: its last changes that the API called successful. The API does not
 * show tags (docs/design/modelarts-api.md, 2.2), so there is nothing else to compare with.
 */
const NodeTags = z.object({
  pool: z.string(),
  node: z.string(),
  /** By key. */
  present: z.record(z.string(), PresentTag),
  /** Deleted tags, each by key and value, oldest first. */
  absent: z.array(Applied.extend({ key: z.string(), value: z.string() })),
  updatedAt: z.iso.datetime(),
});
export type NodeTags = z.output<typeof NodeTags>;

export const nodeTagsKind: DocumentKind<NodeTags> = {
  name: 'tags of a node',
  schema: NodeTags,
  index: ({ updatedAt }) => expiry(updatedAt),
};

export function nodeTagsKey(pool: string, node: string): DocumentKey {
  return { pk: `node#${pool}#${node}`, sk: 'tags' };
}

/** The deleted tags that are kept of one node; the newest. */
const MAX_ABSENT = 100;

const TagRequest = z.object({
  action: z.enum(['createTags', 'deleteTags']),
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
});
type TagRequest = z.output<typeof TagRequest>;

/** The policy of each tag key, as `enforce-tag-policy` writes it into the reason of its commands. */
const PolicyReason = z.object({ policies: z.record(z.string(), z.string()) });

/**
 * Records the tags that a batch-update has changed, for each node for which the API said success. It records nothing for any other
 * call. Safe to repeat: it keeps the changes of a later call. A tag of a policy must go when its policy ends, so `enforce-tag-policy`
 * learns of it afterwards: the policy may have ended while its command was under way.
 */
export async function recordTags(store: Store, call: Call): Promise<void> {
  const request = TagRequest.safeParse(call.request);
  if (!request.success || !call.answer) return;
  const succeeded = new Set(call.answer.succeeded);
  const at = call.callingAt ?? call.createdAt;
  let isOfPolicy = false;
  for (const { remediation: id, targets } of call.members) {
    const remediation = await readDocument(store, remediationKind, remediationKey(id));
    const { policies = {} } = PolicyReason.safeParse(remediation?.reason).data ?? {};
    isOfPolicy ||= Object.keys(policies).length > 0;
    await Promise.all(
      targets
        .filter((node) => succeeded.has(node))
        .map((node) =>
          updateDocument(store, nodeTagsKind, nodeTagsKey(call.pool, node), (current) =>
            withRequest(
              current ?? { pool: call.pool, node, present: {}, absent: [], updatedAt: at },
              request.data,
              {
                at,
                remediation: id,
                policies,
              },
            ),
          ),
        ),
    );
  }
  if (isOfPolicy && request.data.action === 'createTags') await noteEnforced(store, call.pool);
}

/** The newest tags that there is room for. If a tag is dropped, its policy applies it again. */
function newestWithin(present: ReadonlyMap<string, PresentTag>): [string, PresentTag][] {
  const entries = [...present];
  if (jsonBytes(entries) <= MAX_TAGS_BYTES) return entries;
  return firstWithin(
    entries.toSorted(([, a], [, b]) => (a.at < b.at ? 1 : -1)),
    MAX_TAGS_BYTES,
  );
}

/** The known tags of a node after a successful request. */
function withRequest(
  known: NodeTags,
  { action, tags }: TagRequest,
  {
    at,
    remediation,
    policies,
  }: { at: string; remediation: string; policies: Readonly<Record<string, string>> },
): NodeTags {
  const present = new Map(Object.entries(known.present));
  const absent = new Map(known.absent.map((tag) => [JSON.stringify([tag.key, tag.value]), tag]));
  for (const { key, value } of tags) {
    const place = JSON.stringify([key, value]);
    const shown = present.get(key);
    const isNews = [shown?.at, absent.get(place)?.at].every((seenAt) => seenAt === undefined || seenAt <= at);
    if (!isNews) continue;
    const policy = Object.hasOwn(policies, key) ? policies[key] : undefined;
    const applied = { at, remediation, ...(policy !== undefined && { policy }) };
    absent.delete(place);
    if (action === 'createTags') present.set(key, { value, ...applied });
    else {
      // A tag goes only if its value is the one that was named (docs/design/modelarts-api.md, 2.5).
      if (shown?.value === value) present.delete(key);
      absent.set(place, { key, value, ...applied });
    }
  }
  const updatedAt = known.updatedAt > at ? known.updatedAt : at;
  return {
    ...known,
    present: Object.fromEntries(newestWithin(present)),
    absent: [...absent.values()].slice(-MAX_ABSENT),
    updatedAt,
  };
}
