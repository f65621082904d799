import * as z from 'zod';
import { badRequest, nodeNotFound } from '../api-error.ts';
import { type Node, runsWorkload } from '../world/node.ts';
import { isBusy } from '../world/node-state.ts';

/** A list of node names. The pages only say "array of strings"; this refuses an empty or repeating list. */
export const NodeNames = z
  .array(z.string().min(1))
  .min(1)
  .refine((names) => new Set(names).size === names.length, { error: 'names a node twice' });

/** The nodes of these names; 404 naming all those that the pool does not have. */
export const nodesNamed = <N>(
  { nodes }: { readonly nodes: ReadonlyMap<string, N> },
  names: readonly string[],
): N[] => {
  const unknown = names.filter((name) => !nodes.has(name));
  if (unknown.length > 0) throw nodeNotFound(unknown);
  return names.flatMap((name) => nodes.get(name) ?? []);
};

/** Refuses with 400 unless every node is idle: without a running task and without other work in progress. */
export const requireIdle = (nodes: readonly Node[]): void => {
  const running = nodes.find(runsWorkload);
  if (running) throw badRequest(`a task is running on node ${running.name}`);
  const busy = nodes.find(isBusy);
  if (busy) throw badRequest(`node ${busy.name} is ${busy.phase}`);
};
