/** The length to which lists, objects and texts are cut. */
export type Lengths = { entries: number; characters: number };

/** JSON with its long texts, lists and objects cut. A mark shows each cut. */
export function shortened(
  fields: Readonly<Record<string, unknown>>,
  lengths: Lengths,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, cut(value, lengths)]));
}

function cut(value: unknown, lengths: Lengths): unknown {
  const { entries, characters } = lengths;
  if (typeof value === 'string') return value.length > characters ? `${value.slice(0, characters)}…` : value;
  if (Array.isArray(value)) {
    const kept = value.slice(0, entries).map((entry) => cut(entry, lengths));
    return value.length > entries ? [...kept, `… ${value.length - entries} more`] : kept;
  }
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.entries(value);
  const kept = all.slice(0, entries).map(([key, entry]) => [key, cut(entry, lengths)]);
  if (all.length > entries) kept.push(['…', `${all.length - entries} more`]);
  return Object.fromEntries(kept);
}
