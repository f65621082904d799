import { isRecord } from '#lib/is-record';
import { listed } from '#lib/sentences/english';
import { spanText } from '#lib/sentences/time';

/** A value of the compiled rules that differs. Undefined on a side: the key is absent there. */
export type ValueChange = { path: string; before: unknown; after: unknown };

/** A longer value does not fit into a line; the line then only says that it changed. */
const MOST_CHARACTERS = 60;

/**
 * The values that differ between two compiled objects, each at the deepest place where both sides still have the same form. Keys are those of
 * the rules file, as far as the compiled form keeps them.
 */
export function valueChanges(before: unknown, after: unknown, path = ''): ValueChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isOpen(before) && isOpen(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => valueChanges(before[key], after[key], joined(path, writtenKey(key))));
  }
  if (Array.isArray(before) && Array.isArray(after) && areAlike(before, after))
    return before.flatMap((one: unknown, index) => valueChanges(one, after[index], `${path}[${index}]`));
  return [{ path, before, after }];
}

/** A change in words, such as `cooldown from 6 h to 2 h`. */
export function changeText({ path, before, after }: ValueChange): string {
  const [from, to] = [shortText(path, before), shortText(path, after)];
  return from === undefined || to === undefined ? `${path} has changed` : `${path} from ${from} to ${to}`;
}

/** A budget is one value, though it is an object. */
function isOpen(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && budgetText(value) === undefined;
}

function budgetText(value: Readonly<Record<string, unknown>>): string | undefined {
  const { percent, count } = value;
  if (Object.keys(value).length !== 1) return undefined;
  if (typeof percent === 'number') return `${percent}%`;
  return typeof count === 'number' ? String(count) : undefined;
}

/** Lists that can be compared entry by entry: ladders with the same actions, or alternatives of the same number. */
function areAlike(before: readonly unknown[], after: readonly unknown[]): boolean {
  return (
    before.length === after.length &&
    before.every((one, index) => {
      const other = after[index];
      return isRecord(one) && isRecord(other) && one['action'] === other['action'];
    })
  );
}

/** `cooldownMs` is `cooldown` in the file. */
function writtenKey(key: string): string {
  return key.replace(/Ms$/, '');
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Keys with a number of milliseconds behind them, in the form of {@link writtenKey}. */
const SPANS =
  /(?:^|\.)(?:cooldown|maxEvidenceAge|deadline|deadlines\.[a-z-]+|first|every|within|healthyFor|length|pause|reassert|digest)$/;

function shortText(path: string, value: unknown): string | undefined {
  const text = textOf(path, value);
  return text.length > MOST_CHARACTERS ? undefined : text;
}

function textOf(path: string, value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number' && SPANS.test(path)) return spanText(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : listed(value.map(entryText), 6);
  if (isRecord(value)) return budgetText(value) ?? JSON.stringify(value);
  return JSON.stringify(value);
}

/** A rung of a ladder is named by its action. */
function entryText(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  if (isRecord(entry) && typeof entry['action'] === 'string') return entry['action'];
  return JSON.stringify(entry);
}
