import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { actions, byAction, traitsOf } from '#lib/actions/traits';
import { definitions } from '#lib/implementations';
import type { Endpoint } from '#lib/modelarts/client/endpoint';
import { listNodePools } from '#lib/modelarts/endpoints/list-node-pools';
import { listPoolNodes } from '#lib/modelarts/endpoints/list-pool-nodes';
import { listScheduledEvents } from '#lib/modelarts/endpoints/list-scheduled-events';
import { listWorkloads } from '#lib/modelarts/endpoints/list-workloads';
import { showNodePool } from '#lib/modelarts/endpoints/show-node-pool';
import { showPool } from '#lib/modelarts/endpoints/show-pool';
import { showWorkloadStatistics } from '#lib/modelarts/endpoints/show-workload-statistics';
import type { Part } from '#lib/modelarts/reading/pool-reading';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/operate/permissions.md'), 'utf8');

const lineOf = ({ method, path: uri }: Pick<Endpoint, 'method' | 'path'>) => `${method} ${uri}`;
const calls = (text: string) =>
  Array.from(text.matchAll(/`((?:GET|POST|PATCH|DELETE) \/v[12][^`]+)`/g), ([, call = '']) => call);

/** The calls of a function by the page. */
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
const endpoints: Record<string, Pick<Endpoint, 'method' | 'path'>> = {};
for (const file of readdirSync(path.join(root, 'lib/modelarts/endpoints'))) {
  const [endpoint] = Object.values(await import(path.join(root, 'lib/modelarts/endpoints', file)));
  endpoints[path.basename(file, '.ts')] = endpoint as Endpoint;
}

/** The calls of a reading of nodes: the pool itself, too, if it lists none any more. */
const ofNodes = [listPoolNodes, showPool];

/** The other calls of each part of a reading. */
const parts: Record<Part, readonly Pick<Endpoint, 'method' | 'path'>[]> = {
  workloads: [listWorkloads, showWorkloadStatistics],
  pool: [showPool],
  'node-pools': [listNodePools, showNodePool],
  'scheduled-events': [listScheduledEvents],
  destination: [listPoolNodes, showPool, listNodePools],
};

describe('what an action reads and sends is on the page of permissions', () => {
  test.each(actions)('%s', (action) => {
    const { reads } = definitions[action];
    const called = [...ofNodes, ...reads.flatMap((part) => parts[part]), traitsOf(action).endpoint];
    expect(named.get(action)?.toSorted()).toEqual([...new Set(called.map(lineOf))].toSorted());
  });
});

/**
 * Endpoints that are in the code of a function without being called by it: the lists are read by one module, and which request
 * may be sent twice is asked of them all.
 */
const inCodeOnly = (name: string): readonly string[] => {
  const requests = actions.map((action) => lineOf(traitsOf(action).endpoint));
  const writes = Object.keys(endpoints).filter((file) => requests.includes(lineOf(endpoints[file]!)));
  const lists = [
    'list-jobs',
    'list-node-pools',
    'list-pool-nodes',
    'list-workloads',
    'show-workload-statistics',
    'list-scheduled-events',
  ];
  const single: Record<string, string[]> = {
    'receive-scheduled-events': ['show-pool'],
    // The reading of a node pool by its name is in the code of every action on nodes.
    ...byAction(({ target }) => (target === 'nodes' ? ['show-node-pool'] : [])),
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
    expect(unexplained, 'name it in docs/operate/permissions.md, or say here why it is not called').toEqual(
      [],
    );
  },
);

test('every API that a function calls has its permissions in the table', () => {
  const [, table = ''] = page.split('## Permissions of each API');
  const inTable = calls(table.split('\n## ')[0] ?? '');
  expect(inTable.toSorted()).toEqual([...new Set([...named.values()].flat())].toSorted());
});
