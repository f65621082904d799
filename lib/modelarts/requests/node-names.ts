import * as z from 'zod';
import { Text } from './text.ts';

/** Names of nodes (`metadata.name`), at least one: a call without a named node must never happen. */
export const NodeNames = z.array(Text).min(1, 'must name at least one node');
