/** Limits of a JSON text. `values` counts the values in all objects and lists. */
export type TextBounds = { depth: number; values: number };

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** An object or a list that is not closed yet. A list has no keys. */
type Container = { keys?: Set<string>; isKeyNext: boolean };

/**
 * Reads JSON from outside. It checks the nesting, the number of values and the keys before it builds a value, so that a text costs no
 * more than its length.
 *
 * An object that has a key twice is refused: parsers differ in which value counts, and a reader of the text sees both.
 *
 * @returns the value, or the reason against it, to complete "It ...".
 */
export function readJson(text: string, bounds: TextBounds): { value: unknown } | { why: string } {
  const excess = excessOf(text, bounds);
  if (excess !== undefined) return { why: excess };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { why: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** One pass over the text. For a text that is not JSON the result means nothing, and the parser refuses it. */
function excessOf(text: string, { depth, values }: TextBounds): string | undefined {
  const open: Container[] = [];
  let count = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const inside = open.at(-1);
    const start = at;
    at = endOfToken(text, at, code);
    if (isSpace(code) || code === COLON) continue;
    if (code === COMMA) {
      if (inside?.keys) inside.isKeyNext = true;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      open.pop();
    } else if (inside?.isKeyNext && code === QUOTE) {
      const key = keyIn(text.slice(start, at));
      if (inside.keys?.has(key))
        return `has the key ${JSON.stringify(key.slice(0, 100))} twice in one object`;
      inside.keys?.add(key);
      inside.isKeyNext = false;
    } else {
      if (inside) count += 1;
      if (count > values) return `holds more than ${values} values`;
      if (code === OPEN_OBJECT) open.push({ keys: new Set(), isKeyNext: true });
      if (code === OPEN_LIST) open.push({ isKeyNext: false });
      if (open.length > depth) return `is nested more than ${depth} levels deep`;
    }
  }
  return undefined;
}

/** The place after the token that begins here: a string, a mark, or a number or word. */
function endOfToken(text: string, start: number, code: number): number {
  let at = start + 1;
  if (code === QUOTE) {
    while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
    return at + 1;
  }
  if (isMark(code) || isSpace(code)) return at;
  while (at < text.length && !isMark(text.charCodeAt(at)) && !isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isMark(code: number): boolean {
  return (
    code === QUOTE ||
    code === COMMA ||
    code === COLON ||
    code === OPEN_LIST ||
    code === CLOSE_LIST ||
    code === OPEN_OBJECT ||
    code === CLOSE_OBJECT
  );
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** One key may be written in several ways: `"a"` and `"\u0061"`. */
function keyIn(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
