import { randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import path from 'node:path';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { queueVariable } from '#lib/config';
import { type QueueService, startQueueService } from '#local/cloud/queues/queues';
import { createRunCredentials } from '#local/cloud/run-credentials';
import { startTableService } from '#local/cloud/tables/tables';
import { startSimulator } from '#local/simulator/simulator';
import { ledgerTable } from '#local/stack/ledger-table';
import { root } from '#test/meta/serverless-declaration';

export type StandIns = AsyncDisposable & {
  /** The environment of a function that is to use them, with an empty ledger, and the API as at its start. */
  fresh(): Promise<Record<string, string>>;
  /** Names of the nodes of the pool. */
  nodes: readonly string[];
  queues: QueueService;
};

const region = 'eu-central-1';
export const token = 'a-token-that-only-the-benchmarks-know';

/**
 * The ledger, every function's queues, and the API, in this process.
 *
 * @param nodes in the pool
 */
export async function startStandIns(nodes = 64): Promise<StandIns> {
  const credentials = createRunCredentials();
  const [tables, queues, simulator] = await Promise.all([
    startTableService(region, credentials),
    startQueueService(region, credentials),
    startSimulator({ nodes }),
  ]);

  const queueUrls: Record<string, string> = {};
  for (const file of globSync('functions/*.ts', { cwd: root })) {
    for (const kind of ['QUEUE', 'DLQ'] as const) {
      const { QueueUrl = '' } = await queues.client.send(new CreateQueueCommand({ QueueName: randomUUID() }));
      queueUrls[queueVariable(kind, path.basename(file, '.ts'))] = QueueUrl;
    }
  }

  const environment = {
    ...queueUrls,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
    AWS_ENDPOINT_URL_SQS: queues.endpoint,
    POOLKEEPER_MAX_RECEIVES: '5',
    POOLKEEPER_WEBHOOK_TOKEN: token,
    POOLKEEPER_CONSOLE_TOKEN: token,
    MODELARTS_ENDPOINT: simulator.url,
    HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
    HUAWEICLOUD_SDK_REGION: 'cn-north-4',
    HUAWEICLOUD_SDK_AK: simulator.credentials.accessKey,
    HUAWEICLOUD_SDK_SK: simulator.credentials.secretKey,
  };
  const [first] = simulator.control.state().pools;
  let count = 0;

  return {
    nodes: first?.nodes.map(({ name }) => name) ?? [],
    queues,
    async fresh() {
      count += 1;
      const name = `ledger-${count}`;
      await tables.create([{ logicalId: 'LedgerTable', name, definition: ledgerTable }]);
      simulator.control.reset();
      return { ...environment, POOLKEEPER_TABLE: name };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([tables.stop(), queues.stop(), simulator.close()]);
    },
  };
}
