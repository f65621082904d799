import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { JSONStringified } from '@aws-lambda-powertools/parser/helpers';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import { ClientBuilder } from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js';
import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import middy from '@middy/core';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageOf, nodesPath, variable } from './peer.ts';
import { Command, Nodes } from './shapes.ts';

// Everything that the vendors recommend: Huawei's SDK, the SDK of AWS, and Powertools.

const logger = new Logger({ serviceName: 'reset-nodes' });
const metrics = new Metrics({ namespace: 'bench', serviceName: 'reset-nodes' });
const tracer = new Tracer({ serviceName: 'reset-nodes', enabled: false });
const processor = new BatchProcessor(EventType.SQS);
const Body = JSONStringified(Command);
const sqs = tracer.captureAWSv3Client(
  new SQSClient({ region: variable('AWS_REGION'), endpoint: variable('AWS_ENDPOINT_URL_SQS') }),
);
const huawei = new ClientBuilder<HcClient>((client) => client)
  .withCredential(
    new BasicCredentials()
      .withAk(variable('HUAWEICLOUD_SDK_AK'))
      .withSk(variable('HUAWEICLOUD_SDK_SK'))
      .withProjectId(variable('HUAWEICLOUD_SDK_PROJECT_ID')),
  )
  .withEndpoint(variable('MODELARTS_ENDPOINT'))
  .build();

async function take({ body }: SQSRecord): Promise<void> {
  const { nodes } = Body.parse(body);
  const answer: unknown = await huawei.sendRequest({
    method: 'GET',
    url: nodesPath,
    contentType: 'application/json',
    queryParams: {},
    pathParams: {},
    headers: {},
  });
  const { items } = Nodes.parse(answer);
  const node = items.find(({ metadata }) => nodes.includes(metadata.name));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: variable('POOLKEEPER_QUEUE_POLL_JOBS'),
      MessageBody: messageOf(nodes[0] ?? '', node?.status.phase ?? 'absent'),
    }),
  );
  metrics.addMetric('NodesRead', MetricUnit.Count, items.length);
  logger.info('a command was taken', { nodes });
}

async function reset(event: SQSEvent, context: Context): Promise<object> {
  const answer = await processPartialResponse(event, take, processor, { context });
  metrics.publishStoredMetrics();
  return answer;
}

export const handler = middy(reset).use(injectLambdaContext(logger));
