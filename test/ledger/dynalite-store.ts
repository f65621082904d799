import { createDynamoDbStore } from '#lib/aws/dynamodb-store';
import type { Store } from '#lib/ledger/store';
import { startTableService } from '#local/cloud/tables';
import { resources } from '#test/meta/serverless-declaration';
import { localAwsCredentials, runCredentials } from '../aws/credentials.ts';

/** The store of the cloud, over the table that serverless.yml declares, in a DynamoDB stand-in inside this process. */
export async function startDynaliteStore(): Promise<Store & AsyncDisposable> {
  localAwsCredentials();
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = resources['LedgerTable'].Properties;
  const service = await startTableService('eu-central-1', runCredentials);
  await service.create([
    {
      logicalId: 'LedgerTable',
      name: 'ledger',
      definition: { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes },
    },
  ]);
  const store = await createDynamoDbStore('ledger', {
    region: 'eu-central-1',
    endpoint: service.endpoint,
  });
  return { ...store, [Symbol.asyncDispose]: () => service.stop() };
}
