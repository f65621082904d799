import * as z from 'zod';

/** A string with content: the API's tables give no range for most of theirs. */
export const Text = z.string().min(1, 'must not be empty');
