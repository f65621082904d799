import { existsSync, readFileSync } from 'node:fs';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { type Cloud, type CloudOptions, startCloud } from '#local/cloud/cloud';
import { fixtureStack } from './fixture-stack.ts';

export const root = new URL('../../', import.meta.url).pathname;

interface WorkerReport {
  functionName: string;
  pid: number;
  records: { id: string; receiveCount: number }[];
}

export interface FixtureCloud extends Cloud {
  readonly lines: { functionName: string; line: string }[];
  readonly warnings: string[];
  /** The messages of the worker functions, batch by batch. */
  batches(functionName?: string): WorkerReport[];
  send(queue: string, messages: object[]): Promise<void>;
  messagesIn(queue: string): Promise<{ visible: number; inFlight: number }>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the fixture's functions, queues, table, API and schedules on free ports. */
export async function startFixture(options: Partial<CloudOptions> = {}): Promise<FixtureCloud> {
  const lines: FixtureCloud['lines'] = [];
  const warnings: string[] = [];
  const cloud = await startCloud({
    describe: fixtureStack,
    root,
    port: 0,
    onLog: (functionName, line) => lines.push({ functionName, line }),
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  const sqs = new SQSClient({
    endpoint: cloud.sqsEndpoint,
    region: 'us-east-1',
    credentials: cloud.credentials,
  });

  return {
    ...cloud,
    lines,
    warnings,
    batches: (functionName = 'worker') =>
      lines
        .filter(
          ({ functionName: name, line }) => name.endsWith(`-${functionName}`) && line.startsWith('{"pid"'),
        )
        .map(({ line }) => JSON.parse(line)),
    async send(queue, messages) {
      for (let from = 0; from < messages.length; from += 10) {
        const Entries = messages.slice(from, from + 10).map((message, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(message),
        }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: cloud.queueUrl(queue), Entries }));
      }
    },
    async messagesIn(queue) {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: cloud.queueUrl(queue), AttributeNames: ['All'] }),
      );
      return {
        visible: Number(Attributes['ApproximateNumberOfMessages']),
        inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
      };
    },
    async [Symbol.asyncDispose]() {
      sqs.destroy();
      await cloud.stop();
    },
  };
}

/** `expect.poll` for what comes about by itself, however long that takes on a busy machine. */
export const eventually = (what: () => unknown) => expect.poll(what, { interval: 20 });

/** A process that has ended stays visible until its parent has asked how (a zombie); where /proc says so, it is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
