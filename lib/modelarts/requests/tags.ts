import * as z from 'zod';

// docs/design/modelarts-api.md 10, row 11: the pages give no lengths; these are the limits of Huawei's tag service (TMS).
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 255;
const keyLength = `must have 1 to ${MAX_KEY_LENGTH} characters`;
const valueLength = `must have at most ${MAX_VALUE_LENGTH} characters`;
const characters = 'must consist of letters, digits, spaces and _.:=+-@';
const spaces = 'must not start or end with a space';

const text = z
  .string()
  .regex(/^[\p{L}\p{M}\p{Nd} _.:=+\-@]*$/u, characters)
  .regex(/^(?! )(?!.* $)/, spaces);

/**
 * Page batch-update, table NodeTag. The page forbids keys that start with `sys`, and the SDK forbids keys that start
 * with `_sys_` (docs/design/modelarts-api.md 10, row 9); this schema refuses both.
 */
export const NodeTag = z.strictObject({
  key: text
    .min(1, keyLength)
    .max(MAX_KEY_LENGTH, keyLength)
    .regex(/^(?!sys|_sys_)/, 'must not start with sys or _sys_'),
  value: text.max(MAX_VALUE_LENGTH, valueLength),
});

/** Tables UserTags and UserTag. */
const UserTag = z.strictObject({
  key: z
    .string()
    .min(1, keyLength)
    .max(MAX_KEY_LENGTH, keyLength)
    .regex(/^(?!CCE-|__type_baremetal)/, 'must not start with CCE- or __type_baremetal'),
  value: z.string().max(MAX_VALUE_LENGTH, valueLength),
});

type Tag = { key: string; value: string };

/** The positions at which a list repeats an earlier tag. @param saidOf the part that must be unique */
function repeated(tags: readonly Tag[], saidOf: (tag: Tag) => string): { index: number; message: string }[] {
  const said = new Set<string>();
  return tags.flatMap((tag, index) => {
    const isRepeated = said.has(saidOf(tag));
    said.add(saidOf(tag));
    return isRepeated ? [{ index, message: `is given twice: ${tag.key}` }] : [];
  });
}

/** One key has one value: no page says which of two values counts. */
export function repeatedKeys(tags: readonly Tag[]): { index: number; message: string }[] {
  return repeated(tags, ({ key }) => key);
}

/** A tag is deleted by its key and its value, so a key may have several values. */
export function repeatedTags(tags: readonly Tag[]): { index: number; message: string }[] {
  return repeated(tags, ({ key, value }) => JSON.stringify([key, value]));
}

/** Page batch-update, field `tags`. The action decides whether a key may be there twice. */
export const NodeTags = z.array(NodeTag);

export const UserTags = z.array(UserTag).check(({ value, issues }) => {
  for (const { index, message } of repeatedKeys(value))
    issues.push({ code: 'custom', path: [index, 'key'], message, input: value });
});
