import { recordDelivery } from '#lib/journal/record-delivery';
import { createDocument } from '#lib/ledger/change';
import { nodeHistoryKey, nodeHistoryKind } from '#lib/ledger/node-record';
import { remediationKey, remediationKind } from '#lib/ledger/remediation';
import { type ConsoleRequest, openConsole } from '#test/console/console-door';
import { meteredBench } from '#test/ledger/metered-bench';
import { nodeName, POOL } from '#test/remediation/bench';
import { openedAt } from '#test/remediation/in-state';

/** The cost of the first page of a list: requests of the table, read units, and the bytes of the answer. */
export type ListCost = { requests: number; readUnits: number; bytes: number };
/** The cost of each list, by its request, on a ledger with so many remediations and deliveries. */
export type ByLedger = { remediations: number; lists: Record<string, ListCost> };

const NODES = 500;
const DAYS = 30;
const DAY_MS = 24 * 3_600_000;
/** Outcomes by turns. The others are rare. */
const STATES = ['succeeded', 'succeeded', 'succeeded', 'failed', 'skipped'] as const;
const RARE = 1_000;

/** Each list of the console. `node`: one that has as many remediations as the others. */
const LISTS: Readonly<Record<string, { route: string } & Pick<ConsoleRequest, 'path' | 'query'>>> = {
  '/remediations': { route: 'GET /remediations' },
  '/remediations?pool=': { route: 'GET /remediations', query: { pool: 'train-a' } },
  '/remediations?node=': { route: 'GET /remediations', query: { node: nodeName(7) } },
  '/remediations?state=succeeded': { route: 'GET /remediations', query: { state: 'succeeded' } },
  '/remediations?state=needs-human': { route: 'GET /remediations', query: { state: 'needs-human' } },
  '/remediations?rule= (rare)': { route: 'GET /remediations', query: { rule: 'rare' } },
  '/stats?by=rule': { route: 'GET /stats', query: { by: 'rule' } },
  '/events': { route: 'GET /events' },
  '/events?node=': { route: 'GET /events', query: { node: nodeName(7) } },
  '/pools': { route: 'GET /pools' },
  '/pools/{pool}': { route: 'GET /pools/{pool}', path: { pool: 'train-a' } },
  '/nodes/{node}': { route: 'GET /nodes/{node}', path: { node: nodeName(7) } },
};

/** Counts the requests for each list of the console, on ledgers of each size: a month of remediations, each with its delivery. */
export async function benchLists(sizes: readonly number[]): Promise<ByLedger[]> {
  const rows: ByLedger[] = [];
  for (const size of sizes) rows.push({ remediations: size, lists: await listCosts(size) });
  return rows;
}

async function listCosts(size: number): Promise<Record<string, ListCost>> {
  const bench = meteredBench(NODES);
  await fill(bench, size);
  const ask = openConsole(bench);
  const costs: Record<string, ListCost> = {};
  for (const [name, { route, ...request }] of Object.entries(LISTS)) {
    const before = { ...bench.meter };
    const { status, body } = await ask(route, request);
    if (status !== 200) throw new Error(`${name} answers ${status}: ${JSON.stringify(body)}`);
    const { gets, keys, queries, readUnits } = bench.meter;
    // A BatchGetItem has a hundred keys at most.
    const batches = Math.ceil((keys - before.keys) / 100);
    costs[name] = {
      requests: gets - before.gets + queries - before.queries + batches,
      readUnits: readUnits - before.readUnits,
      bytes: Buffer.byteLength(JSON.stringify(body)),
    };
  }
  return costs;
}

/** A month of remediations up to now, at equal distances, over all nodes; one in a thousand waits for a person, by a rare rule. */
async function fill({ store, now }: ReturnType<typeof meteredBench>, size: number): Promise<void> {
  for (let index = 0; index < size; index += 1) {
    const at = new Date(now() - ((index + 1) * DAYS * DAY_MS) / (size + 1)).toISOString();
    const id = `remediation-${index}`;
    const node = nodeName((index % NODES) + 1);
    const isRare = index % RARE === RARE / 2;
    const state = isRare ? 'needs-human' : STATES[index % STATES.length]!;
    const remediation = openedAt(at, {
      id,
      pool: POOL,
      nodes: [node],
      state,
      rule: isRare ? 'rare' : 'card-lost',
      outcomes: { [node]: { state: state === 'succeeded' || state === 'failed' ? state : 'skipped' } },
    });
    await createDocument(store, remediationKind, remediationKey(id), remediation);
    await createDocument(store, nodeHistoryKind, nodeHistoryKey(node, at, id), { remediation: id });
    await recordDelivery(
      store,
      { id: `delivery-${index}`, at, source: 'alertmanager', bytes: 900 },
      0,
      [
        {
          alert: `fingerprint-${index}`,
          status: 'firing',
          named: [node],
          remediation: id,
          rule: 'card-lost',
        },
      ],
      { status: 202 },
    );
  }
}
