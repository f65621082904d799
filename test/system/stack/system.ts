import type { Cloud } from '#local/cloud/cloud';
import { secretsApart } from '#local/stack/secrets';
import { type StrictModelArts, startStrictModelArts } from '../../strict-modelarts/server.ts';
import { createHttpClient, type HttpClient } from '../clients/http-client.ts';
import { createQueueClient, type QueueClient } from '../clients/queue-client.ts';
import { buildSystem } from './build-system.ts';
import { patient } from './patient-stack.ts';
import { startStrictCloud } from './strict-cloud.ts';

export const secrets = {
  ak: 'AKSYSTEMTEST00000001',
  sk: 'sk-system-test-4f7a1d93c0b2e865',
  webhookToken: 'webhook-token-system-test-51c2-0be7',
  consoleToken: 'console-token-system-test-8e07-f3d1',
};
export const projectId = '77b6a44cba5143ab91d13ab9a8ff44fd';

export type SystemOptions = {
  /** Names the folder of the build, below `.poolkeeper/`. */
  name: string;
  /** The rules file, as data. */
  rules: object;
  /** The timeout of functions that work on queues, and the wait of their queues before another delivery. @default more than a busy machine needs */
  timeoutSeconds?: number;
};

export type System = HttpClient &
  Omit<QueueClient, 'close'> & {
    api: StrictModelArts;
    cloud: Cloud;
    logs: readonly { functionName: string; line: string }[];
    [Symbol.asyncDispose](): Promise<void>;
  };

/** Builds Poolkeeper with the given rules and runs it on this machine, against a strict ModelArts API of its own. */
export async function startSystem({ name, rules, timeoutSeconds }: SystemOptions): Promise<System> {
  await using started = new AsyncDisposableStack();
  const built = await buildSystem({ name, rules });
  const describe = patient(
    built.describe,
    timeoutSeconds === undefined ? {} : { 'reset-nodes': timeoutSeconds, 'poll-jobs': timeoutSeconds },
  );

  const api = await startStrictModelArts({ ak: secrets.ak, sk: secrets.sk, projectId });
  started.defer(() => api[Symbol.asyncDispose]());
  const logs: { functionName: string; line: string }[] = [];
  const cloud = await startStrictCloud({
    describe,
    root: built.root,
    port: 0,
    ...secretsApart({
      MODELARTS_ENDPOINT: api.url,
      HUAWEICLOUD_SDK_AK: secrets.ak,
      HUAWEICLOUD_SDK_SK: secrets.sk,
      HUAWEICLOUD_SDK_PROJECT_ID: projectId,
      HUAWEICLOUD_SDK_REGION: 'cn-north-4',
      POOLKEEPER_WEBHOOK_TOKEN: secrets.webhookToken,
      POOLKEEPER_CONSOLE_TOKEN: secrets.consoleToken,
    }),
    onLog: (functionName, line) => logs.push({ functionName, line }),
    onWarning: () => {},
  });
  started.defer(() => cloud.stop());
  const queues = createQueueClient(cloud);
  started.defer(() => Promise.resolve(queues.close()));

  const running = started.move();
  return {
    ...createHttpClient(cloud.url, secrets, logs),
    ...queues,
    api,
    cloud,
    logs,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
