import * as z from 'zod';
import { isNot } from './wording.ts';

const Glob = z.string().min(1);

/** One glob (`*` any characters, `?` one) or a list of them. One of them must match the entire value. */
export const Matcher = z.union([Glob.transform((glob) => [glob]), z.array(Glob).min(1)], {
  error: isNot('text, in quotes if it looks like a number, or a list of texts'),
});

/** The matcher of each label, annotation or plugin, by its key. */
export const Matchers = z.record(z.string().min(1), Matcher);
