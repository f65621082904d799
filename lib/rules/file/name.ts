import * as z from 'zod';
import { isNot } from './wording.ts';

const error = isNot(
  'a name: up to 63 letters, digits, dots, hyphens and underscores, the first a letter or digit',
);

/** A name of the user's own, for a pool, a rule, a policy or a schedule. Logs, metrics and ids contain it. */
export const Name = z.string({ error }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, { error });

/** A pool of this file, by its name or its id. `referenceProblems` checks that it exists. */
export const PoolReference = z.string().min(1);
