import * as z from 'zod';
import { isNot } from './wording.ts';

const Glob = z.string().min(1);

/** One glob (`*` any characters, `?` one) or a list of them, of which one must match the whole value. */
export const Matcher = z.union([Glob.transform((glob) => [glob]), z.array(Glob).min(1)], {
  error: isNot('text, in quotes if it looks like a number, or a list of texts'),
});

/** What each label (annotation, tag) must be like. */
export const Matchers = z.record(z.string().min(1), Matcher);
