import type { RoutesByRole } from '#lib/console/by-role';
import { parseQuery } from '#lib/handler/on-http';
import type { PoolServices } from './pool-facts.ts';
import { NodeQuery, NodesQuery, PoolsQuery } from './query.ts';
import { nodesPage, nodeView, poolsPage, poolView } from './views.ts';

/** The routes about pools and nodes; docs/reference/api.md describes them. */
export const poolTable: RoutesByRole<PoolServices> = {
  'GET /pools': {
    needs: 'read',
    answer: async (request, services, { log }) => ({
      status: 200,
      body: await poolsPage(parseQuery(request, PoolsQuery), services, log),
    }),
  },
  'GET /pools/{pool}': {
    needs: 'read',
    answer: async ({ path: { pool = '' } }, services, { log }) => ({
      status: 200,
      body: await poolView(pool, services, log),
    }),
  },
  'GET /pools/{pool}/nodes': {
    needs: 'read',
    answer: async (request, services, { log }) => ({
      status: 200,
      body: await nodesPage(request.path['pool'] ?? '', parseQuery(request, NodesQuery), services, log),
    }),
  },
  'GET /nodes/{node}': {
    needs: 'read',
    answer: async (request, services, { log }) => ({
      status: 200,
      body: await nodeView(request.path['node'] ?? '', parseQuery(request, NodeQuery).pool, services, log),
    }),
  },
};
