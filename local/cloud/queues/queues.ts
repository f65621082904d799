import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import type { QueueDescription } from '../description.ts';
import type { RunCredentials } from '../run-credentials.ts';
import { refusalAtDoor } from '../stand-in-door.ts';
import { openQueueStores } from './queue-stores.ts';

export interface QueueService {
  readonly endpoint: string;
  readonly client: SQSClient;
  /** Makes the queues as described; those kept from an earlier run keep their messages. */
  create(queues: readonly QueueDescription[]): Promise<void>;
  /** Makes every message of a queue visible that is delayed, or held by a receiver. */
  deliverNow(name: string): void;
  stop(): Promise<void>;
}

/**
 * Starts the stand-in for SQS, on loopback and silent.
 *
 * @param credentials every request must bring their session token
 * @param directory where queues and messages outlive the process; in memory without one
 */
export async function startQueueService(
  region: string,
  credentials: RunCredentials,
  directory?: string,
): Promise<QueueService> {
  const stored = await openQueueStores(directory);
  // startFauxqs() would listen on every interface, and a command on a queue may wipe a machine.
  const app = buildApp({ logger: false, defaultRegion: region, stores: stored.stores });
  app.addHook('onRequest', async (request, reply) => {
    const refusal = refusalAtDoor(request, credentials);
    if (refusal) await reply.code(refusal.status).send(refusal.why);
  });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new SQSClient({
    endpoint,
    region,
    credentials,
  });

  return {
    endpoint,
    client,
    async create(queues) {
      // All first and their attributes later: a redrive policy names a queue that must exist.
      for (const { name } of queues) await client.send(new CreateQueueCommand({ QueueName: name }));
      for (const { url, attributes } of queues) {
        await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: attributes }));
      }
    },
    deliverNow(name) {
      const queue = stored.stores.sqsStore.getQueueByName(name);
      for (const message of queue?.delayedMessages ?? []) delete message.delayUntil;
      for (const handle of queue?.inflightMessages.keys() ?? []) queue?.changeVisibility(handle, 0);
      queue?.processTimers();
    },
    async stop() {
      client.destroy();
      await app.close();
      stored.close();
    },
  };
}
