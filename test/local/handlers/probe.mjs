import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const flagOf = (name) => join(tmpdir(), `poolkeeper-probe-${process.ppid}-${name}`);

// Nothing is configured here: endpoints, region and credentials come from the environment, as in the cloud.
const dynamodb = new DynamoDBClient();
const sqs = new SQSClient();

const probes = {
  environment: async () => process.env,
  throwText: () => Promise.reject('just text'),
  exit: async () => process.exit(3),
  forgotten: async () => {
    void Promise.reject(new Error('no caller waited for this'));
    await new Promise((resolve) => setTimeout(resolve, 1000));
  },
  async claim({ id }) {
    const request = new PutItemCommand({
      TableName: process.env.TABLE,
      Item: { pk: { S: id } },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    return dynamodb.send(request).then(
      () => 'won',
      (error) => error.name,
    );
  },
  // Answers when the probe `release` has made the file.
  async wait({ name }) {
    console.log(`waits for ${name}`);
    while (!existsSync(flagOf(name))) await new Promise((resolve) => setTimeout(resolve, 20));
    rmSync(flagOf(name));
    return { variable: process.env.OVERRIDDEN, pid: process.pid };
  },
  release: async ({ name }) => writeFileSync(flagOf(name), ''),
  async send({ body }) {
    await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: body }));
  },
};

export const handler = async (event) => {
  console.log(JSON.stringify(event));
  return probes[event.probe]?.(event);
};
