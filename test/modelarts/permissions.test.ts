import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { deleteNodePool } from '#functions/delete-node-pool';
import { migrateNodes } from '#functions/migrate-nodes';
import { resetNodes } from '#functions/reset-nodes';
import { updateNodePool } from '#functions/update-node-pool';
import { updateNodes } from '#functions/update-nodes';
import type { Endpoint } from '#lib/modelarts/client/endpoint';
import { batchMigrateNodes } from '#lib/modelarts/endpoints/batch-migrate-nodes';
import { batchResetNodes } from '#lib/modelarts/endpoints/batch-reset-nodes';
import { batchUpdateNodes } from '#lib/modelarts/endpoints/batch-update-nodes';
import { deleteNodePool as deletion } from '#lib/modelarts/endpoints/delete-node-pool';
import { listJobs } from '#lib/modelarts/endpoints/list-jobs';
import { listNodePools } from '#lib/modelarts/endpoints/list-node-pools';
import { listPoolNodes } from '#lib/modelarts/endpoints/list-pool-nodes';
import { listWorkloads } from '#lib/modelarts/endpoints/list-workloads';
import { patchNodePool } from '#lib/modelarts/endpoints/patch-node-pool';
import { showJob } from '#lib/modelarts/endpoints/show-job';
import { showNodePool } from '#lib/modelarts/endpoints/show-node-pool';
import { showPool } from '#lib/modelarts/endpoints/show-pool';
import { showPoolNode } from '#lib/modelarts/endpoints/show-pool-node';
import type { Part } from '#lib/modelarts/reading/pool-reading';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/permissions.md'), 'utf8');

const lineOf = ({ method, path: uri }: Pick<Endpoint, 'method' | 'path'>) => `${method} ${uri}`;
const calls = (text: string) =>
  Array.from(text.matchAll(/`((?:GET|POST|PATCH|DELETE) \/v2[^`]+)`/g), ([, call = '']) => call);

/** What the page says that a function calls. */
const named = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .flatMap((section) => {
      const [title = '', ...text] = section.split('\n');
      const own = calls(text.join('\n').split(/^## /m)[0] ?? '');
      return title.split(', ').map((name) => [name, own] as const);
    }),
);

/** By the names of their files in `lib/modelarts/endpoints`. */
const endpoints: Record<string, Pick<Endpoint, 'method' | 'path'>> = {
  'batch-migrate-nodes': batchMigrateNodes,
  'batch-reset-nodes': batchResetNodes,
  'batch-update-nodes': batchUpdateNodes,
  'delete-node-pool': deletion,
  'list-jobs': listJobs,
  'list-node-pools': listNodePools,
  'list-pool-nodes': listPoolNodes,
  'list-workloads': listWorkloads,
  'patch-node-pool': patchNodePool,
  'show-job': showJob,
  'show-node-pool': showNodePool,
  'show-pool': showPool,
  'show-pool-node': showPoolNode,
};

/** What each part of a reading calls besides the list of nodes. */
const parts: Record<Part, readonly Pick<Endpoint, 'method' | 'path'>[]> = {
  workloads: [listWorkloads],
  pool: [showPool],
  'node-pools': [listNodePools],
  destination: [listPoolNodes, showPool, listNodePools],
};

describe('what an action reads and sends is on the page of permissions', () => {
  test.each([
    [resetNodes, [batchResetNodes]],
    [updateNodes, [batchUpdateNodes]],
    [migrateNodes, [batchMigrateNodes]],
    [updateNodePool, [patchNodePool]],
    [deleteNodePool, [deletion, showNodePool]],
  ] as const)('$0.action', ({ action, reads }, sends) => {
    const called = [listPoolNodes, ...reads.flatMap((part) => parts[part]), ...sends];
    expect(named.get(action)?.toSorted()).toEqual([...new Set(called.map(lineOf))].toSorted());
  });
});

/**
 * Endpoints that are in the code of a function without being called by it: the lists are read by one module, and which request
 * may be sent twice is asked of them all.
 */
const inCodeOnly = (name: string): readonly string[] => {
  const writes = [
    'batch-migrate-nodes',
    'batch-reset-nodes',
    'batch-update-nodes',
    'delete-node-pool',
    'patch-node-pool',
  ];
  const lists = ['list-jobs', 'list-node-pools', 'list-pool-nodes', 'list-workloads'];
  const single: Record<string, string[]> = {
    'poll-jobs': ['show-pool'],
    'reset-nodes': ['show-pool'],
    'update-nodes': ['show-pool'],
  };
  return [...writes, ...lists, ...(single[name] ?? [])];
};

test.each([...named.keys()])(
  '%s calls nothing that the page leaves out, and nothing there is made up',
  async (name) => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [`functions/${name}.ts`],
      bundle: true,
      platform: 'node',
      packages: 'external',
      external: ['poolkeeper:rules'],
      write: false,
      metafile: true,
      outdir: 'unused',
      format: 'esm',
      logLevel: 'silent',
    });
    const [output] = Object.values(metafile.outputs);
    const inCode = Object.entries(output?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) => {
      const [, endpoint] = /lib\/modelarts\/endpoints\/([\w-]+)\.ts$/.exec(file) ?? [];
      return endpoint !== undefined && bytesInOutput > 0 ? [endpoint] : [];
    });
    const onPage = named.get(name) ?? [];
    const lines = inCode.map((endpoint) => lineOf(endpoints[endpoint]!));
    expect(lines).toEqual(expect.arrayContaining(onPage));
    const unexplained = inCode.filter(
      (endpoint) => !onPage.includes(lineOf(endpoints[endpoint]!)) && !inCodeOnly(name).includes(endpoint),
    );
    expect(unexplained, 'name it in docs/permissions.md, or say here why it is not called').toEqual([]);
  },
);

test('every API that a function calls has its permissions in the table', () => {
  const [, table = ''] = page.split('## What each API needs');
  const inTable = calls(table.split('\n## ')[0] ?? '');
  expect(inTable.toSorted()).toEqual([...new Set([...named.values()].flat())].toSorted());
});
