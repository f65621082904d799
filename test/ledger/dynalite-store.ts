import { createDynamoDbStore } from '#lib/aws/dynamodb-store';
import type { Store } from '#lib/ledger/store';
import { startTableService } from '#local/cloud/tables/tables';
import { ledgerTable } from '#local/stack/ledger-table';
import { localAwsCredentials, runCredentials } from '../aws/credentials.ts';

/** The store of the cloud, over the table that serverless.yml declares, in a DynamoDB stand-in inside this process. */
export async function startDynaliteStore(): Promise<Store & AsyncDisposable> {
  localAwsCredentials();
  const service = await startTableService('eu-central-1', runCredentials);
  await service.create([
    {
      logicalId: 'LedgerTable',
      name: 'ledger',
      definition: ledgerTable,
    },
  ]);
  const store = await createDynamoDbStore('ledger', {
    region: 'eu-central-1',
    endpoint: service.endpoint,
  });
  return { ...store, [Symbol.asyncDispose]: () => service.stop() };
}
