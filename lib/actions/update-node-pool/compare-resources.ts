/**
 * Describes the first field with another value than the request demands; undefined if there is none. A field that the API does not
 * show is not compared. A map may have more keys than the request, but a list may not have more entries. A removed key (`null` in a
 * merge patch) must be absent; an empty map or list counts as absent.
 */
export function firstDifference(
  shown: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): string | undefined {
  const missing = Object.entries(wanted).find(([field, want]) => {
    const value = shown[field];
    return !NAMES.includes(field) && value !== undefined && value !== null && !holds(value, want);
  });
  if (!missing) return undefined;
  const [field, want] = missing;
  return `the node pool shows ${field} ${JSON.stringify(shown[field])}, not ${JSON.stringify(want)}`;
}

/** The node pool's own name. The API has several spellings for it (docs/design/modelarts-api.md, 3.1). */
const NAMES: readonly string[] = ['nodePool'];

function holds(shown: unknown, wanted: unknown): boolean {
  if (wanted === null) return isNothing(shown);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(shown) || shown.length !== wanted.length) return false;
    return wanted.every((want) => shown.some((item) => holds(item, want)));
  }
  if (typeof wanted !== 'object') return shown === wanted;
  if (typeof shown !== 'object' || shown === null) return false;
  const fields = new Map<string, unknown>(Object.entries(shown));
  return Object.entries(wanted).every(([field, want]) => holds(fields.get(field), want));
}

function isNothing(shown: unknown): boolean {
  if (typeof shown === 'object' && shown !== null) return Object.keys(shown).length === 0;
  return shown === undefined || shown === null;
}
