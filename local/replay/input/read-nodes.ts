import * as z from 'zod';
import type { HistoricNode } from '../history.ts';
import { ReplayError } from './read-history.ts';

const text = z.string().min(1);

/** A name, or the fields of a node as Poolkeeper shows it. */
const ListedNode = z.union([
  text.transform((name) => ({ name })),
  z
    .looseObject({
      node: text,
      pool: text.optional(),
      address: text.optional(),
      nodePool: text.optional(),
      flavor: text.optional(),
      supernode: text.optional(),
    })
    .transform(({ node: name, ...more }) => ({ ...more, name })),
  // As in the answer of ListPoolNodes.
  z
    .looseObject({
      metadata: z.looseObject({ name: text, labels: z.record(z.string(), z.string()).default({}) }),
      spec: z.looseObject({ flavor: text.optional() }).optional(),
      status: z.looseObject({ privateIp: text.optional() }).optional(),
    })
    .transform(({ metadata: { name, labels }, spec, status }) => ({
      name,
      address: status?.privateIp,
      flavor: spec?.flavor,
      nodePool: labels['os.modelarts.node/nodepoolname'],
      supernode: labels['os.modelarts.node/batch.uid'],
    })),
]);

const NodeList = z.union([
  z.array(ListedNode),
  z.looseObject({ items: z.array(ListedNode) }).transform(({ items }) => items),
  z
    .looseObject({ nodes: z.array(ListedNode), pool: text.optional() })
    .transform(({ nodes, pool }) => nodes.map((node) => ({ pool, ...node }))),
]);

/**
 * Reads a list of nodes: names, the answer of ListPoolNodes, or that of `GET /pools/{pool}/nodes`, as JSON.
 *
 * @throws ReplayError
 */
export function readNodeList(json: string, fileName: string): HistoricNode[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new ReplayError(
      `${fileName}: is not JSON. It must be a list of names, or an answer with items or nodes`,
    );
  }
  const read = NodeList.safeParse(value);
  if (read.success) return read.data;
  throw new ReplayError(
    `${fileName}: has no list of nodes: a list of names, or an answer with items or nodes`,
  );
}
