import { createDynamoDbStore } from '#lib/aws/dynamodb-store';
import type { Store } from '#lib/ledger/store';
import { startTableService } from '#local/cloud/tables/tables';
import { ledgerTable } from '#local/stack/ledger-table';
import { client } from '../aws/credentials.ts';

/** The store of the cloud, over the table that serverless.yml declares, in a DynamoDB stand-in inside this process. */
export async function startDynaliteStore(): Promise<Store & AsyncDisposable> {
  const service = await startTableService(client.region, client.key);
  await service.create([
    {
      logicalId: 'LedgerTable',
      name: 'ledger',
      definition: ledgerTable,
    },
  ]);
  const store = createDynamoDbStore('ledger', {
    ...client,
    endpoint: service.endpoint,
  });
  return { ...store, [Symbol.asyncDispose]: () => service.stop() };
}
