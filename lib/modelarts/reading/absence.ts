import type { Listing, Unreadable } from '#lib/modelarts/replies/listing';

/**
 * What a whole list says of one entry that somebody asks for.
 *
 * `seen`: it is there. `unreadable`: it is there, or an entry that cannot be read may be it. `not-seen`: it is missing from a
 * list that is otherwise whole. `doubtful`: it is missing from a list that does not prove anything, as it has no entry at all.
 */
export type Sighting<Item> =
  | { readonly kind: 'seen'; readonly item: Item }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'not-seen' }
  | { readonly kind: 'doubtful'; readonly why: string };

/**
 * Looks for one entry in a list. A list that could not be read, or was not whole, has no listing and is not asked.
 *
 * @param isIt whether a readable entry is the one
 * @param nameIs whether the name of an unreadable entry is its name; an unreadable entry without a name may be any
 * @param mayBeIt whether a readable entry that is not known to be the one may be it all the same, as its address is not known
 */
export function sightingOf<Item>(
  { items, unreadable }: Listing<Item>,
  isIt: (item: Item) => boolean,
  nameIs: (name: string) => boolean,
  mayBeIt: (item: Item) => boolean = () => false,
): Sighting<Item> {
  const item = items.find(isIt);
  if (item !== undefined) return { kind: 'seen', item };
  const odd = unreadable.find(({ name }: Unreadable) => name === undefined || nameIs(name));
  if (odd) return { kind: 'unreadable', why: odd.why };
  if (items.some(mayBeIt))
    return { kind: 'unreadable', why: 'an entry of the list does not show what it is known by' };
  return items.length > 0 ? { kind: 'not-seen' } : { kind: 'doubtful', why: 'the list is empty' };
}

/** What is known of an absence: since when it was missed without a break, and whether that is long enough to mean gone. */
export type Absence = {
  /** To be kept in the ledger until the next look. Undefined: it is not missed. */
  readonly notSeenSince: string | undefined;
  readonly gone: boolean;
};

/**
 * Absence is no proof: an entry is gone when it was missing from two whole lists at least `goneAfterMs` apart, with no list in
 * between that has it. A list that proves nothing neither begins an absence nor ends one.
 *
 * @param notSeenSince what the look before has left, ISO 8601
 * @param readAtMs when this list was read, epoch milliseconds
 * @param goneAfterMs of the rules' `waits`
 */
export function absenceOf(
  { kind }: Pick<Sighting<unknown>, 'kind'>,
  notSeenSince: string | undefined,
  readAtMs: number,
  goneAfterMs: number,
): Absence {
  if (kind === 'seen') return { notSeenSince: undefined, gone: false };
  if (kind !== 'not-seen') return { notSeenSince, gone: false };
  const since = notSeenSince ?? new Date(readAtMs).toISOString();
  return { notSeenSince: since, gone: readAtMs - Date.parse(since) >= goneAfterMs };
}
