import * as z from 'zod';
import { toDotPath } from 'zod/v4/core';

/**
 * Writes what a schema found wrong as one line, each fault with the path of its field:
 * `rollingConfig.maxUnavailable: …; nodeNames: …`.
 */
export function describeIssues({ issues }: Pick<z.ZodError, 'issues'>): string {
  return issues
    .map((issue) => {
      const { path } = issue;
      // What is wrong with a key is said by the schema of the keys.
      const { message } = (issue.code === 'invalid_key' && issue.issues[0]) || issue;
      return path.length === 0 ? message : `${toDotPath(path)}: ${message}`;
    })
    .join('; ');
}

/** Words issues of a request for whoever wrote it: what is missing, and which fields the page's table has. */
export const requestWording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
    return `${issue.keys.map((key) => `"${key}"`).join(', ')} unknown; the fields here are ${known.join(', ')}`;
  }
  return issue.input === undefined ? 'is mandatory' : undefined;
};
