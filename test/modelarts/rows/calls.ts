import type { Endpoint } from '#lib/modelarts/client/endpoint';
import { batchMigrateNodes } from '#lib/modelarts/endpoints/batch-migrate-nodes';
import { batchResetNodes } from '#lib/modelarts/endpoints/batch-reset-nodes';
import { batchUpdateNodes } from '#lib/modelarts/endpoints/batch-update-nodes';
import { deleteNodePool } from '#lib/modelarts/endpoints/delete-node-pool';
import { patchNodePool } from '#lib/modelarts/endpoints/patch-node-pool';
import migratePage from '../pages/batch-migrate-nodes.json' with { type: 'json' };
import resetPage from '../pages/batch-reset-nodes.json' with { type: 'json' };
import updatePage from '../pages/batch-update-nodes.json' with { type: 'json' };
import deletePage from '../pages/delete-node-pool.json' with { type: 'json' };
import patchPage from '../pages/update-node-pool.json' with { type: 'json' };
import migrateTables from './batch-migrate-nodes.json' with { type: 'json' };
import { batchMigrateNodesRows } from './batch-migrate-nodes.ts';
import resetTables from './batch-reset-nodes.json' with { type: 'json' };
import { batchResetNodesRows } from './batch-reset-nodes.ts';
import updateTables from './batch-update-nodes.json' with { type: 'json' };
import { batchUpdateNodesRows } from './batch-update-nodes.ts';
import deleteTables from './delete-node-pool.json' with { type: 'json' };
import { deleteNodePoolRows } from './delete-node-pool.ts';
import { at } from './place.ts';
import type { PageRows } from './row.ts';
import patchTables from './update-node-pool.json' with { type: 'json' };
import { updateNodePoolRows } from './update-node-pool.ts';

/** A page's tables, as taken from the page. */
export interface PageTables {
  readonly page: string;
  readonly tables: readonly {
    readonly table: number;
    readonly name: string;
    readonly side: string;
    readonly rows: readonly { readonly field: string; readonly mandatory?: boolean; readonly type: string }[];
  }[];
}

/** A page: what it says, what is expected of it, and the code that is held to both. */
export interface Call {
  readonly tables: PageTables;
  readonly rows: PageRows;
  readonly examples: {
    readonly request: unknown;
    readonly reply: unknown;
    readonly error: { readonly body: unknown };
  };
  readonly endpoint: Endpoint;
  /** The command that asks for a request body. */
  readonly command: (body: unknown) => object;
  /** The list of nodes in the body, which a command has outside its parameters. */
  readonly nodesField?: string;
}

const ofNodes = (action: string, nodesField: string) => ({
  nodesField,
  command: (body: unknown) => {
    const { [nodesField]: nodes, ...parameters } = body as Record<string, unknown>;
    return { action, pool: 'train-a', nodes, parameters };
  },
});

export const calls: readonly Call[] = [
  {
    tables: resetTables,
    rows: batchResetNodesRows,
    examples: resetPage,
    endpoint: batchResetNodes,
    ...ofNodes('reset-nodes', 'nodeNames'),
  },
  {
    tables: updateTables,
    rows: batchUpdateNodesRows,
    examples: updatePage,
    endpoint: batchUpdateNodes,
    ...ofNodes('update-nodes', 'nodeNames'),
  },
  {
    tables: migrateTables,
    rows: batchMigrateNodesRows,
    examples: migratePage,
    endpoint: batchMigrateNodes,
    ...ofNodes('migrate-nodes', 'migrateNodeNames'),
  },
  {
    tables: patchTables,
    rows: updateNodePoolRows,
    examples: patchPage,
    endpoint: patchNodePool,
    command(parameters) {
      const named = at(parameters, 'spec.resources.nodePool');
      const nodePool = typeof named === 'string' && named !== '' ? named : 'np-1';
      return { action: 'update-node-pool', pool: 'train-a', nodePool, parameters };
    },
  },
  {
    tables: deleteTables,
    rows: deleteNodePoolRows,
    examples: { ...deletePage, request: undefined },
    endpoint: deleteNodePool,
    command: (parameters) => ({ action: 'delete-node-pool', pool: 'train-a', nodePool: 'np-1', parameters }),
  },
];
