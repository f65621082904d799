import { isIP } from 'node:net';
import * as z from 'zod';
import { describeIssues } from '#lib/issues';

/** An unreadable entry of a list, and the reason. */
export type Unreadable = {
  /** If at least that is readable. */
  readonly name?: string | undefined;
  /** If at least that is readable. */
  readonly address?: string | undefined;
  readonly why: string;
};

/** The API's names for its lists (docs/design/modelarts-api.md 2.2, 3.1). */
const LIST_KINDS = ['NodeList', 'NodePoolList', 'PoolList', 'WorkloadList', 'JobList'] as const;

/** The `kind` of a list answer. It may be absent, but must not name another list. */
export function listKind(own: (typeof LIST_KINDS)[number]) {
  const isAnothers = (kind: unknown) => kind !== own && LIST_KINDS.some((other) => other === kind);
  return z
    .unknown()
    .refine((kind) => !isAnothers(kind), `must be ${own}, because another kind is another list`)
    .optional();
}

/** A whole list: readable and unreadable entries. */
export type Listing<Item> = {
  readonly items: readonly Item[];
  readonly unreadable: readonly Unreadable[];
};

/**
 * The `items` of a list answer. They must be there: an answer without them is not an empty list. Each entry is read by
 * itself; an unreadable one goes to `unreadable`. A lone entry in place of the list is accepted, because the vendor's
 * documents show that in places (docs/design/modelarts-api.md 10, row 13).
 */
export function itemsOf<Item>(item: z.ZodType<Item>): z.ZodType<Listing<Item>> {
  return z.unknown().transform((value, context): Listing<Item> => {
    if (Array.isArray(value)) return readEntries(value, item);
    const lone = value === null || value === undefined ? undefined : item.safeParse(value);
    if (lone?.success) return { items: [lone.data], unreadable: [] };
    const what = value === undefined ? 'missing' : value === null ? 'null' : `of type ${typeof value}`;
    context.addIssue({ code: 'custom', message: `must be a list, but is ${what}` });
    return z.NEVER;
  });
}

function readEntries<Item>(entries: readonly unknown[], item: z.ZodType<Item>): Listing<Item> {
  const items: Item[] = [];
  const unreadable: Unreadable[] = [];
  for (const [index, entry] of entries.entries()) {
    const read = item.safeParse(entry);
    if (read.success) items.push(read.data);
    else {
      const why = `entry ${index + 1} of the list: ${describeIssues(read.error)}`;
      const address = addressOf(entry);
      unreadable.push({ ...(address !== undefined && { address }), why });
    }
  }
  return { items, unreadable };
}

/** The address that an entry shows, as a node does. */
function addressOf(entry: unknown): string | undefined {
  const shown = z.looseObject({ status: z.looseObject({ privateIp: z.string() }) }).safeParse(entry).data;
  const address = shown?.status.privateIp ?? '';
  return isIP(address) === 0 ? undefined : address;
}
