import * as z from 'zod';

/** A string that says something: the API's tables give no range for most of theirs. */
export const Text = z.string().min(1, 'must not be empty');

/** Refuses a list that holds the same thing twice, told by `identify`. */
export function distinct<Item>(identify: (item: Item) => string): (items: Item[]) => boolean {
  return (items) => new Set(items.map(identify)).size === items.length;
}
