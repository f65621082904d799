import * as z from 'zod';
import { describeIssues } from '#lib/issues';

/** An unreadable entry of a list, and the reason. `name`: if at least that is readable. */
export type Unreadable = { readonly name?: string | undefined; readonly why: string };

/** A whole list: readable and unreadable entries. */
export type Listing<Item> = {
  readonly items: readonly Item[];
  readonly unreadable: readonly Unreadable[];
};

/**
 * The `items` of a list answer. They must be there: an answer without them is not an empty list. Each entry is read by
 * itself; an unreadable one goes to `unreadable`. A lone entry in place of the list is accepted, because the vendor's
 * documents show that in places (docs/modelarts-api.md 10, row 13).
 */
export function itemsOf<Item>(item: z.ZodType<Item>): z.ZodType<Listing<Item>> {
  return z.unknown().transform((value, context): Listing<Item> => {
    if (Array.isArray(value)) return readEntries(value, item);
    const lone = value === null || value === undefined ? undefined : item.safeParse(value);
    if (lone?.success) return { items: [lone.data], unreadable: [] };
    const what = value === undefined ? 'missing' : value === null ? 'null' : `of type ${typeof value}`;
    context.addIssue({ code: 'custom', message: `must be a list, and is ${what}` });
    return z.NEVER;
  });
}

function readEntries<Item>(entries: readonly unknown[], item: z.ZodType<Item>): Listing<Item> {
  const items: Item[] = [];
  const unreadable: Unreadable[] = [];
  for (const [index, entry] of entries.entries()) {
    const read = item.safeParse(entry);
    if (read.success) items.push(read.data);
    else unreadable.push({ why: `entry ${index + 1} of the list: ${describeIssues(read.error)}` });
  }
  return { items, unreadable };
}
