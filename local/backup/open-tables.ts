import * as z from 'zod';
import { createDynamoDbStore } from '#lib/aws/dynamodb-store';
import { type AwsServiceOptions, createJsonCall } from '#lib/aws/json-call';
import type { Store } from '#lib/ledger/store';
import { createRunCredentials } from '#local/cloud/run-credentials';
import { startTableService } from '#local/cloud/tables/tables';
import { ledgerTable } from '#local/stack/ledger-table';
import { LEDGER_TABLE } from '#local/stack/names';

/** The tables of a folder, in this process. */
export type OpenTables = AsyncDisposable & {
  /** Every item of every table, as DynamoDB writes it. */
  items(): AsyncGenerator<{ table: string; item: Item }>;
  /** Writes items into a table. It is created if it is not there. */
  write(table: string, items: readonly Item[]): Promise<void>;
  store(table: string): Store;
};

type Item = Record<string, unknown>;

/** BatchWriteItem takes so many. */
export const BATCH = 25;

/** No region of AWS: the tables are in this process. */
const REGION = 'us-east-1';

const Tables = z.looseObject({ TableNames: z.array(z.string()) });
const Page = z.looseObject({
  Items: z.array(z.record(z.string(), z.unknown())),
  LastEvaluatedKey: z.unknown().optional(),
});
const Wrote = z.looseObject({ UnprocessedItems: z.record(z.string(), z.array(z.unknown())).optional() });

/**
 * Opens the tables of a folder that no other process uses.
 *
 * @param onFailure hears that the disk took no write. Each call fails then
 */
export async function openTables(
  directory: string,
  onFailure: (error: unknown) => void,
): Promise<OpenTables> {
  const credentials = createRunCredentials();
  const service = await startTableService(REGION, credentials, { directory, onFailure });
  const options: AwsServiceOptions = {
    endpoint: service.endpoint,
    region: REGION,
    key: credentials,
    now: Date.now,
  };
  const call = createJsonCall('dynamodb', options);
  const created = new Set<string>();

  return {
    async *items() {
      const { TableNames: tables } = Tables.parse(await call('ListTables', {}));
      for (const table of tables) {
        let from: unknown;
        do {
          const { Items: items, LastEvaluatedKey } = Page.parse(
            await call('Scan', { TableName: table, ...(from !== undefined && { ExclusiveStartKey: from }) }),
          );
          for (const item of items) yield { table, item };
          from = LastEvaluatedKey;
        } while (from !== undefined);
      }
    },
    async write(table, items) {
      if (!created.has(table)) {
        await service.create([{ logicalId: LEDGER_TABLE, name: table, definition: ledgerTable }]);
        created.add(table);
      }
      const requests = items.map((item) => ({ PutRequest: { Item: item } }));
      const { UnprocessedItems = {} } = Wrote.parse(
        await call('BatchWriteItem', { RequestItems: { [table]: requests } }),
      );
      const left = UnprocessedItems[table]?.length ?? 0;
      if (left > 0) throw new Error(`${left} items were not written into ${table}`);
    },
    store: (table) => createDynamoDbStore(table, options),
    [Symbol.asyncDispose]: () => service.stop(),
  };
}
