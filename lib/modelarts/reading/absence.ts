import type { Listing, Unreadable } from '#lib/modelarts/replies/listing';

/**
 * The answer of a whole list to the question whether it has one entry.
 *
 * `seen`: the list has it. `unreadable`: the list has it, or an unreadable entry may be it. `not-seen`: it is missing
 * from an otherwise whole list. `doubtful`: it is missing from a list that proves nothing, because the list is empty.
 */
export type Sighting<Item> =
  | { readonly kind: 'seen'; readonly item: Item }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'not-seen' }
  | { readonly kind: 'doubtful'; readonly why: string };

/**
 * Finds one entry in a list. Callers have no listing if the list could not be read or was not whole.
 *
 * @param isIt whether a readable entry is the one
 * @param nameIs whether the name of an unreadable entry is its name; an unreadable entry without a name may be any
 * @param mayBeIt whether another readable entry may be it all the same, because its address is unknown
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
  if (items.some(mayBeIt)) return { kind: 'unreadable', why: 'an entry of the list does not show its name' };
  return items.length > 0 ? { kind: 'not-seen' } : { kind: 'doubtful', why: 'the list is empty' };
}

/** The state of an absence: its uninterrupted beginning, and whether it has lasted long enough to mean gone. */
export type Absence = {
  /** The ledger keeps it until the next poll. Undefined: the entry is not missing. */
  readonly notSeenSince: string | undefined;
  readonly gone: boolean;
};

/**
 * One absence is no proof. An entry is gone when it was missing from two whole lists at least `goneAfterMs` apart, and
 * no list in between has it. A list that proves nothing neither begins nor ends an absence.
 *
 * @param notSeenSince the result of the previous poll, ISO 8601
 * @param readAtMs time of this reading, epoch milliseconds
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
