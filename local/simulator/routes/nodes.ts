import { badRequest, nodeNotFound } from '../api-error.ts';
import { isOddToken } from '../odd-replies/degrade.ts';
import type { Node } from '../world/node.ts';
import { nodesOf, type Pool } from '../world/pool.ts';
import { shownNode } from '../world/shown-node.ts';
import type { World } from '../world/world.ts';
import { nodePoolOf } from './node-pools.ts';
import { type ApiRequest, poolInPath, queryInteger, type Route } from './route.ts';

const pageSize = { byDefault: 500, max: 500 };

const encodeToken = (nextNode: string): string => Buffer.from(nextNode).toString('base64url');
const decodeToken = (token: string): string => Buffer.from(token, 'base64url').toString();

/** docs/design/modelarts-api.md 2.1 and 2.2: `continue` is present while there are more; a blank one starts from the beginning. */
const nodeList = ({ query }: ApiRequest, pool: Pool, nodes: readonly Node[], world: World) => {
  const limit = queryInteger(query, 'limit', pageSize) || pageSize.byDefault;
  const token = query.get('continue') ?? '';
  const isFirst = token === '' || isOddToken(token);
  const start = isFirst ? 0 : nodes.findIndex((node) => node.name === decodeToken(token));
  if (start === -1) throw badRequest('continue: not a token of this list, or its node is gone');
  const next = nodes[start + limit];
  return {
    apiVersion: 'v2',
    kind: 'NodeList',
    metadata: next
      ? { continue: encodeToken(next.name), remainingItemCount: nodes.length - start - limit }
      : {},
    items: nodes.slice(start, start + limit).map((node) => shownNode(node, pool, world)),
  };
};

export const listNodes: Route = {
  endpoint: 'list-nodes',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/nodes',
  handle(request, world) {
    const pool = poolInPath(request, world);
    return nodeList(request, pool, [...pool.nodes.values()], world);
  },
};

export const listNodePoolNodes: Route = {
  endpoint: 'list-node-pool-nodes',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/nodepools/{nodepool_name}/nodes',
  handle(request, world) {
    const pool = poolInPath(request, world);
    return nodeList(request, pool, nodesOf(pool, nodePoolOf(request, pool)), world);
  },
};

export const showNode: Route = {
  endpoint: 'show-node',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/nodes/{node_name}',
  handle(request, world) {
    const pool = poolInPath(request, world);
    const name = request.pathParameters['node_name'] ?? '';
    const node = pool.nodes.get(name);
    if (node === undefined) throw nodeNotFound([name]);
    return shownNode(node, pool, world);
  },
};
