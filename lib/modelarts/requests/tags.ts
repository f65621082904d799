import * as z from 'zod';

// docs/modelarts-api.md 10, row 11: the pages give no lengths; these are the limits of Huawei's tag service (TMS).
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
 * Page batch-update, table NodeTag. The page forbids keys that start with `sys`, the SDK such as start with `_sys_`
 * (docs/modelarts-api.md 10, row 9): both are refused.
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

/** Refuses a tag of which an earlier one says the same. @param saidOf what is to be given once */
const once =
  (saidOf: (tag: Tag) => string): z.core.CheckFn<Tag[]> =>
  ({ value, issues }) => {
    const said = new Set<string>();
    for (const [index, tag] of value.entries()) {
      const { key } = tag;
      if (said.has(saidOf(tag))) {
        issues.push({ code: 'custom', path: [index, 'key'], message: `is given twice: ${key}`, input: key });
      }
      said.add(saidOf(tag));
    }
  };

/** One key has one value: with two, the page does not say which one counts. */
const eachKeyOnce = once(({ key }) => key);

/** Page batch-update, field `tags`, for `createTags`. */
export const TagsToCreate = z.array(NodeTag).check(eachKeyOnce);

/** The same for `deleteTags`: a tag is deleted by its key and its value, so that one key may be there with several values. */
export const TagsToDelete = z.array(NodeTag).check(once(({ key, value }) => JSON.stringify([key, value])));

/** The same for an action that has nothing to do with tags. */
export const NodeTags = z.array(NodeTag);

export const UserTags = z.array(UserTag).check(eachKeyOnce);
