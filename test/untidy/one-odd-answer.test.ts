import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { sizeAfter } from '#lib/capacity/capacity';
import { nameOf } from '#lib/guards/name-of';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { emptyPoolRecord } from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import { readAnswer } from '#lib/modelarts/client/answer';
import type { ModelArtsClient } from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { flavorsWithDriver, withExpectedDrivers } from '#lib/modelarts/reading/expected-drivers';
import { createPoolReader } from '#lib/modelarts/reading/pool-reader';
import { readPool } from '#lib/modelarts/reading/pool-reading';
import { gatherFacts } from '#lib/remediation/planning/facts';
import { parseRules } from '#lib/rules/parse/parse';
import { inState } from '#test/remediation/in-state';
import { runs } from '#test/runs';
import { clientOf } from '#test/strict-modelarts/client';
import { degrade, oddities } from './degrade.ts';

const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const NOW = Date.parse('2026-11-20T10:00:00Z');

type World = {
  nodes: { phase: string; driver: string; isBusy: boolean }[];
  hasDriver: boolean;
  maxUnavailable: number;
};

/** The one answer that is odd: the n-th read, and how. A number is the status of a refusal. */
type Odd = { read: number; kind: (typeof oddities)[number] | number; choices: readonly number[] };

const world: fc.Arbitrary<World> = fc.record({
  nodes: fc.array(
    fc.record({
      phase: fc.constantFrom('Available', 'Abnormal', 'Abnormal', 'Creating'),
      driver: fc.constantFrom('Running', 'Running', 'Abnormal'),
      isBusy: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  hasDriver: fc.boolean(),
  maxUnavailable: fc.integer({ min: 1, max: 3 }),
});

const odd: fc.Arbitrary<Odd> = fc.record({
  read: fc.constantFrom(0, 0, 1, 2),
  kind: fc.constantFrom(...oddities, 400, 401, 403, 404, 410),
  choices: fc.array(fc.nat(1_000), { minLength: 6, maxLength: 6 }),
});

const name = (index: number) => `os-node-created-${index}`;
const address = (index: number) => `10.0.0.${index + 1}`;

function nodeList({ nodes, hasDriver }: World): unknown {
  return {
    kind: 'NodeList',
    metadata: {},
    items: nodes.map(({ phase, driver }, index) => ({
      metadata: { name: name(index), labels: { 'os.modelarts.node/nodepoolname': 'np-1' } },
      spec: { flavor: 'f' },
      status: { phase, privateIp: address(index), ...(hasDriver && { driver: { phase: driver } }) },
    })),
  };
}

/** One workload for each busy node, as two of them together, and one that is over. */
function workloadList({ nodes }: World): unknown {
  const busy = nodes.flatMap(({ isBusy }, index) => (isBusy ? [address(index)] : []));
  return {
    kind: 'WorkloadList',
    items: [
      { name: 'over', status: 'Completed', hostIps: address(0) },
      ...(busy.length > 1 ? [{ name: 'w-0', status: 'Running', hostIps: busy.slice(0, 2).join(',') }] : []),
      ...busy.map((hostIps, index) => ({ name: `w-${index + 1}`, status: 'Running', hostIps })),
    ],
  };
}

/** A client whose answers go through everything that reads them, one of them odd. */
function oddClientOf(given: World, spoilt: Odd | undefined): ModelArtsClient {
  let reads = 0;
  return clientOf((endpoint, input) => {
    const body = endpoint.name === 'listPoolNodes' ? nodeList(given) : workloadList(given);
    const isOdd = spoilt !== undefined && reads === spoilt.read;
    reads += 1;
    let draws = 0;
    const choose = (count: number) => (spoilt?.choices[(draws += 1) % 6] ?? 0) % count;
    const refusal = { error_code: 'APIGW.0302', error_msg: 'refused' };
    const [status, said] = !isOdd
      ? [200, body]
      : typeof spoilt.kind === 'number'
        ? [spoilt.kind, refusal]
        : [200, degrade(body, spoilt.kind, choose)];
    const answer = {
      kind: 'answer' as const,
      status,
      headers: {},
      body: JSON.stringify(said),
      complete: true,
    };
    const read = readAnswer(answer, endpoint, input.path, NOW);
    if (read.ok) return read.reply;
    throw new ModelArtsError({ ...read.failure, endpoint, path: endpoint.path });
  });
}

/** The nodes that the guards of a reset let be called, each asked for by a command of its own. */
async function called(given: World, spoilt?: Odd): Promise<Set<string>> {
  const rules = parseRules(
    `pools: { a: { id: ${POOL}, budget: { maxUnavailable: ${given.maxUnavailable}, perDay: 100% } } }\nrules: []\n`,
    'rules.yml',
  );
  const [pool] = rules.pools;
  const parts = { parts: new Set(['workloads' as const]), destinations: [] };
  const before = await readPool(
    createPoolReader(oddClientOf(given, undefined), { pool: POOL, keep: (_pool, read) => read() }, {}),
    parts,
  );
  let reading = before;
  try {
    reading = await readPool(
      createPoolReader(oddClientOf(given, spoilt), { pool: POOL, keep: (_pool, read) => read() }, {}),
      parts,
    );
  } catch (error) {
    if (error instanceof ModelArtsError) return new Set();
    throw error;
  }
  // The ledger's facts from an earlier reading.
  const driverFlavors = flavorsWithDriver(before.nodes, []);
  const size = sizeAfter(undefined, before.nodes.length, NOW - 3_600_000, 60_000);
  const poolRecord = { ...emptyPoolRecord(POOL, NOW), ...(size && { size }), driverFlavors };
  const remediations = given.nodes.map(
    (_, index): Remediation =>
      inState({
        id: `r-${index}`,
        action: 'reset-nodes',
        pool: POOL,
        nodes: [name(index)],
        parameters: {},
        mode: 'act',
        alerts: [],
        contentHash: '',
        createdAt: new Date(NOW).toISOString(),
        updatedAt: new Date(NOW).toISOString(),
        outcomes: {},
        receiptChain: { count: 0 },
      }),
  );
  const seen = {
    pool: pool!,
    window: { open: true, why: '' },
    poolRecord,
    readAtMs: NOW,
    releasesBefore: 0,
    reading: { ...reading, nodes: withExpectedDrivers(reading.nodes, driverFlavors) },
    leaving: new Map<string, string>(),
  };
  const services = {
    store: createMemoryStore(),
    rules,
    clock: { now: () => NOW, sleep: () => Promise.resolve() },
  };
  const facts = await gatherFacts(services, remediations, seen);
  const allowed = [...facts.values()]
    .flat()
    .filter((fact) => resetNodes.guards.every((guard) => guard(fact, NOW).allowed));
  return new Set(allowed.map(nameOf));
}

test('one odd answer never lets a node be called that the true one would not', async () => {
  await fc.assert(
    fc.asyncProperty(world, odd, async (given, spoilt) => {
      const truly = await called(given);
      const after = await called(given, spoilt);
      expect([...after].filter((node) => !truly.has(node))).toEqual([]);
    }),
    { numRuns: runs(250) },
  );
});

test('the worlds are not such that nothing is ever called', async () => {
  const one = { phase: 'Abnormal', driver: 'Running', isBusy: false };
  expect(await called({ nodes: [one, one], hasDriver: true, maxUnavailable: 6 })).toEqual(
    new Set([name(0), name(1)]),
  );
  // Nor such that every odd answer stops everything.
  const spoilt: Odd = { read: 0, kind: 'double-entry', choices: [0, 0, 0, 0, 0, 0] };
  expect((await called({ nodes: [one, one], hasDriver: true, maxUnavailable: 6 }, spoilt)).size).toBe(2);
});
