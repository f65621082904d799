import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import type { QueueDescription } from '../description.ts';
import { sqsRefusal } from '../iam/refusal.ts';
import type { Roles } from '../iam/roles.ts';
import { operationOf, sqsCalls } from '../iam/service-calls.ts';
import type { KeptDirectory } from '../kept-directory.ts';
import { limitSlowSenders } from '../loopback-server.ts';
import type { RunCredentials } from '../run-credentials.ts';
import { refusalAtDoor } from '../stand-in-door.ts';
import { openQueueStores } from './queue-stores.ts';

/** The longest delay of SQS. */
const MAX_DELAY_MS = 15 * 60_000;

export interface QueueService {
  readonly endpoint: string;
  readonly client: SQSClient;
  /** Creates the described queues. Queues from an earlier run keep their messages, and deliver at once what that run had received. */
  create(queues: readonly QueueDescription[]): Promise<void>;
  /** Makes every delayed or received message of a queue visible at once. */
  deliverNow(name: string): void;
  stop(): Promise<void>;
}

/**
 * Starts the stand-in for SQS, on loopback and silent.
 *
 * @param credentials a request with their session token may do everything
 * @param kept the directory that keeps queues and messages after the process ends; without it, they are in memory
 * @param roles the functions. Each may make the calls that its role allows. @default none
 */
export async function startQueueService(
  region: string,
  credentials: RunCredentials,
  kept?: KeptDirectory,
  roles?: Roles,
): Promise<QueueService> {
  const stored = await openQueueStores(kept);
  // startFauxqs() would listen on every interface, and a command on a queue can wipe a machine.
  const app = buildApp({ logger: false, defaultRegion: region, stores: stored.stores });
  app.addHook('onRequest', async (request, reply) => {
    const refusal = refusalAtDoor(request, credentials, roles);
    if (refusal) await reply.code(refusal.status).send(refusal.why);
  });
  app.addHook('preHandler', async (request, reply) => {
    const caller = roles?.functionOf(request);
    if (caller === undefined) return;
    const calls = sqsCalls(operationOf(request.headers['x-amz-target']), request.body, { region });
    const message = roles?.refusalOf(caller, calls);
    if (message === undefined) return;
    const { statusCode, headers, body } = sqsRefusal(message);
    await reply.code(statusCode).headers(headers).send(body);
  });
  limitSlowSenders(app.server);
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new SQSClient({
    endpoint,
    region,
    credentials,
  });

  /** Ends the delay of each message of a queue that is delayed beyond a time, epoch milliseconds. @param beyondMs by default of all */
  function endDelays(name: string, beyondMs = 0): void {
    const queue = stored.stores.sqsStore.getQueueByName(name);
    for (const message of queue?.delayedMessages ?? [])
      if ((message.delayUntil ?? 0) > beyondMs) delete message.delayUntil;
  }

  /** Makes every received message of a queue visible. */
  function giveUp(name: string): void {
    const queue = stored.stores.sqsStore.getQueueByName(name);
    for (const entry of queue?.inflightMessages.values() ?? []) entry.visibilityDeadline = 0;
    queue?.processTimers();
  }

  return {
    endpoint,
    client,
    async create(queues) {
      // All queues come before any attributes, because a redrive policy names a queue that must exist.
      for (const { name } of queues) await client.send(new CreateQueueCommand({ QueueName: name }));
      for (const { url, attributes } of queues) {
        await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: attributes }));
      }
      if (!kept) return;
      for (const { name } of queues) {
        // They were sent while the clock of this machine was ahead.
        endDelays(name, Date.now() + MAX_DELAY_MS);
        // The functions that had received them have ended with their run.
        giveUp(name);
      }
    },
    deliverNow(name) {
      endDelays(name);
      giveUp(name);
    },
    async stop() {
      client.destroy();
      await app.close();
      stored.close();
    },
  };
}
