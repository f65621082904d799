import * as z from 'zod/mini';
import { sign } from '#lib/http/signature';
import { ask, signedForAws } from './by-hand-request.ts';
import { type Delivery, messageOf, nodesPath, variable } from './peer.ts';

// The floor: what the work costs with nothing but Node.js and the smallest check of shapes.

const Command = z.looseObject({
  action: z.literal('reset-nodes'),
  pool: z.string(),
  nodes: z.array(z.string()),
  parameters: z.optional(z.looseObject({ nodeConfig: z.optional(z.record(z.string(), z.unknown())) })),
});
const Nodes = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string() }),
      status: z.looseObject({ phase: z.string() }),
    }),
  ),
});

export async function handler({ Records }: Delivery): Promise<object> {
  for (const { body } of Records) {
    const { nodes } = Command.parse(JSON.parse(body));
    const url = new URL(nodesPath, variable('MODELARTS_ENDPOINT'));
    const credentials = {
      accessKey: variable('HUAWEICLOUD_SDK_AK'),
      secretKey: variable('HUAWEICLOUD_SDK_SK'),
    };
    const headers = sign({ method: 'GET', url, headers: {}, credentials, now: Date.now() });
    const { items } = Nodes.parse(await ask(url, 'GET', headers));
    const node = items.find(({ metadata }) => nodes.includes(metadata.name));
    const queue = new URL(variable('AWS_ENDPOINT_URL_SQS'));
    const message = messageOf(nodes[0] ?? '', node?.status.phase ?? 'absent');
    const payload = JSON.stringify({
      QueueUrl: variable('POOLKEEPER_QUEUE_POLL_JOBS'),
      MessageBody: message,
    });
    await ask(queue, 'POST', signedForAws('sqs', 'AmazonSQS.SendMessage', queue, payload), payload);
  }
  return { batchItemFailures: [] };
}
