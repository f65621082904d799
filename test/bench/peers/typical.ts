import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import { request } from 'undici';
import { sign } from '#lib/http/signature';
import { type Delivery, messageOf, nodesPath, variable } from './peer.ts';
import { Command, Nodes } from './shapes.ts';

// The usual choice of most users: zod, undici, the SDK of AWS and middy.

const sqs = new SQSClient({
  region: variable('AWS_REGION'),
  endpoint: variable('AWS_ENDPOINT_URL_SQS'),
});

async function reset({ Records }: Delivery): Promise<object> {
  for (const { body } of Records) {
    const { nodes } = Command.parse(JSON.parse(body));
    const url = new URL(nodesPath, variable('MODELARTS_ENDPOINT'));
    const credentials = {
      accessKey: variable('HUAWEICLOUD_SDK_AK'),
      secretKey: variable('HUAWEICLOUD_SDK_SK'),
    };
    const headers = sign({ method: 'GET', url, headers: {}, credentials, now: Date.now() });
    const answer = await request(url, { headers });
    const { items } = Nodes.parse(await answer.body.json());
    const node = items.find(({ metadata }) => nodes.includes(metadata.name));
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: variable('POOLKEEPER_QUEUE_POLL_JOBS'),
        MessageBody: messageOf(nodes[0] ?? '', node?.status.phase ?? 'absent'),
      }),
    );
  }
  return { batchItemFailures: [] };
}

export const handler = middy(reset);
