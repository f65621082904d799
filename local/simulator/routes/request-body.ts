import * as z from 'zod';
import { describeIssues } from '#lib/issues';
import { badRequest } from '../api-error.ts';
import type { ApiRequest } from './route.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The JSON of a body, or undefined when it is none. */
export const jsonOf = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    return undefined;
  }
};

type MediaType = 'application/json' | 'application/merge-patch+json';

/**
 * Reads a request body strictly: the media type, then every field against the page's table. Any deviation is a 400 that
 * names the fields.
 */
export const parseRequestBody = <Schema extends z.ZodType>(
  request: ApiRequest,
  schema: Schema,
  ...mediaTypes: readonly [MediaType, ...MediaType[]]
): z.output<Schema> => {
  const sent = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (!mediaTypes.some((mediaType) => mediaType === sent)) {
    throw badRequest(`Content-Type: must be ${mediaTypes[0]}, not ${sent ?? 'absent'}`);
  }
  const json = jsonOf(request.body);
  if (json === undefined) throw badRequest('the body is not JSON');
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw badRequest(describeIssues(parsed.error));
  return parsed.data;
};

const NodeNames = z.array(z.string()).catch([]);
const NamedNodes = z
  .looseObject({ nodeNames: NodeNames, migrateNodeNames: NodeNames })
  .catch({ nodeNames: [], migrateNodeNames: [] });

/** The nodes of a body, as far as it is readable, for matching faults. */
export const nodesNamedIn = (body: Uint8Array): string[] => {
  if (body.length === 0) return [];
  const { nodeNames, migrateNodeNames } = NamedNodes.parse(jsonOf(body));
  return [...nodeNames, ...migrateNodeNames];
};
