import { batchMigrate } from './batch-migrate.ts';
import { batchUpdate, nodeNamesOf } from './batch-update.ts';
import { deleteNodePool, updateNodePool } from './node-pool-writing.ts';
import { badRequest, json, nodeNotFound, type OperationPage, poolPath } from './page.ts';
import { readingPages } from './reading.ts';
import { scheduledEventPages } from './scheduled-events/pages.ts';
import { batchResetFaults, noParameters } from './tables.ts';
import { batchMigrateFaults, batchUpdateFaults, nodePoolPatchFaults } from './write-tables.ts';

const writingPages: readonly OperationPage[] = [
  {
    operation: 'batch-reset',
    method: 'POST',
    path: new RegExp(`^${poolPath}/nodes/batch-reset$`),
    contentType: json,
    faults: ({ query, body }) => [...noParameters(query), ...batchResetFaults(body)],
    answer: ({ pool }, { body }, now) => {
      const nodeNames = nodeNamesOf(body);
      if (nodeNames.some((name) => !pool.nodes.has(name))) return nodeNotFound;
      const refusal = pool.refusal(nodeNames);
      if (refusal) return refusal;
      if (nodeNames.some((name) => pool.isBusy(name, now))) {
        return badRequest(' A task is running on the node.');
      }
      return { status: 200, body: { job_id: pool.startReset(nodeNames, now).id } };
    },
  },
  {
    operation: 'batch-update',
    method: 'POST',
    path: new RegExp(`^${poolPath}/nodes/batch-update$`),
    contentType: json,
    faults: ({ query, body }) => [...noParameters(query), ...batchUpdateFaults(body)],
    answer: ({ pool }, { body }, now) => batchUpdate(pool, body, now),
  },
  {
    operation: 'batch-migrate',
    method: 'POST',
    path: new RegExp(`^${poolPath}/nodes/batch-migrate$`),
    contentType: json,
    faults: ({ query, body, pool = '' }) => [...noParameters(query), ...batchMigrateFaults(body, pool)],
    answer: ({ pool, poolOf }, { body }, now) => batchMigrate(pool, body, poolOf, now),
  },
  {
    operation: 'update-node-pool',
    method: 'PATCH',
    path: new RegExp(`^${poolPath}/nodepools/(?<name>[^/]+)$`),
    contentType: /^application\/merge-patch\+json$/,
    faults: ({ query, body }) => [...noParameters(query), ...nodePoolPatchFaults(body)],
    answer: ({ pool, name }, { body }, now) => updateNodePool(pool, name, body, now),
  },
  {
    operation: 'delete-node-pool',
    method: 'DELETE',
    path: new RegExp(`^${poolPath}/nodepools/(?<name>[^/]+)$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool, name }, _, now) => deleteNodePool(pool, name, now),
  },
];

export const operationPages: readonly OperationPage[] = [
  ...writingPages,
  ...readingPages,
  ...scheduledEventPages,
];
