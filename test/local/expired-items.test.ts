import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Clock } from '#lib/clock';
import { removeExpiredItems } from '#local/cloud/tables/expired-items';
import { startTableService } from '#local/cloud/tables/tables';
import { EXPIRY_ATTRIBUTE, ledgerTable } from '#local/stack/ledger-table';
import { client as place } from '../aws/credentials.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const SECOND = NOW / 1000;
const table = {
  logicalId: 'LedgerTable',
  name: 'ledger',
  definition: ledgerTable,
  expiry: EXPIRY_ATTRIBUTE,
};

let service: Awaited<ReturnType<typeof startTableService>>;
let client: DynamoDBClient;

beforeAll(async () => {
  service = await startTableService(place.region, place.key);
  await service.create([table]);
  client = new DynamoDBClient({ endpoint: service.endpoint, region: place.region, credentials: place.key });
});
afterAll(async () => {
  client.destroy();
  await service.stop();
});

let ending: AbortController;
let pauses: number[];
let problems: string[];
beforeEach(() => {
  ending = new AbortController();
  [pauses, problems] = [[], []];
});

/** Time stands still. The pause after the last item ends the removal. */
const clock: Clock = {
  now: () => NOW,
  async sleep(ms) {
    pauses.push(ms);
    if (ms > 60_000) ending.abort();
  },
};

async function put(pk: string, expiresAt: number | undefined): Promise<void> {
  const expiry = expiresAt === undefined ? {} : { expiresAt: { N: String(expiresAt) } };
  await client.send(
    new PutItemCommand({ TableName: 'ledger', Item: { pk: { S: pk }, sk: { S: '-' }, ...expiry } }),
  );
}

async function kept(): Promise<string[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'ledger' }));
  return Items.map(({ pk }) => pk?.S ?? '').toSorted();
}

const remove = (through: Pick<DynamoDBClient, 'send'> = client) =>
  removeExpiredItems({
    client: through,
    table,
    clock,
    signal: ending.signal,
    onProblem: (problem) => problems.push(problem),
  });

test('items whose time is over go, a hundred at a time, and the others stay', async () => {
  const over = Array.from({ length: 220 }, (_, index) => put(`over-${index}`, SECOND - 1 - index));
  await Promise.all([
    ...over,
    put('for-good', undefined),
    put('just-now', SECOND),
    put('later', SECOND + 60),
  ]);
  await remove();
  expect(await kept()).toEqual(['for-good', 'just-now', 'later']);
  expect(pauses.slice(0, -1)).toEqual([5_000, 5_000]);
  expect(problems).toEqual([]);
});

test('an item that gets more time between the reading and the removal stays', async () => {
  await put('renewed', SECOND - 1);
  let isRenewed = false;
  const renewing: Pick<DynamoDBClient, 'send'> = Object.assign(Object.create(client), {
    async send(...[command]: [Parameters<DynamoDBClient['send']>[0]]) {
      if (!isRenewed && !(command instanceof ScanCommand)) {
        isRenewed = true;
        await put('renewed', SECOND + 60);
      }
      return client.send(command);
    },
  });
  await remove(renewing);
  expect(await kept()).toContain('renewed');
  expect(isRenewed).toBe(true);
  expect(problems).toEqual([]);
});

test('a table without an answer shows in one line, and has another try later', async () => {
  await remove({ send: () => Promise.reject(new Error('away')) });
  expect(problems).toEqual(['old items of ledger could not be removed: away']);
  expect(pauses).toEqual([3_600_000]);
});
