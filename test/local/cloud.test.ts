import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import type { CloudLocation } from '#local/cloud/account';
import { SECRET_HEADER } from '#local/cloud/run-credentials';
import { eventually, isAlive, startFixture } from './fixture.ts';
import { fixtureStack } from './fixture-stack.ts';

it('names what it does not have', async () => {
  await using cloud = await startFixture();
  expect(cloud.queueUrl('WorkQueue')).toBe(`${cloud.sqsEndpoint}/000000000000/poolkeeper-test-work`);
  expect(cloud.tableName('LedgerTable')).toBe('poolkeeper-test-ledger');
  expect(() => cloud.queueUrl('unknown')).toThrow('the stack has no queue "unknown"');
  await expect(cloud.invoke('unknown', {})).rejects.toThrow('the stack has no function "unknown"');
});

it('leaves no process and no open port behind, even with calls in progress', async () => {
  const cloud = await startFixture({ maxSandboxes: 1 });
  const calls = [1, 2].map(() => cloud.invoke('http', { headers: { 'x-order': 'hang' } }));
  await eventually(() => cloud.sandboxes()).toHaveLength(1);
  const pids = cloud.sandboxes().map(({ pid }) => pid);
  await cloud[Symbol.asyncDispose]();
  expect(pids.filter(isAlive)).toEqual([]);
  expect((await Promise.all(calls)).every(({ functionError }) => functionError === 'Unhandled')).toBe(true);
  for (const endpoint of [cloud.url, cloud.sqsEndpoint, cloud.dynamodbEndpoint, cloud.lambdaEndpoint]) {
    await expect(fetch(endpoint)).rejects.toThrow('fetch failed');
  }
});

it('ends processes that had nothing to do for a while', async () => {
  await using cloud = await startFixture({ idleMs: 50 });
  const { payload } = await cloud.invoke('http', { headers: { 'x-order': 'pid' } });
  await eventually(() => cloud.sandboxes()).toEqual([]);
  await eventually(() => isAlive(Number(JSON.parse(payload).body))).toBe(false);
});

it('survives a client that dies in the middle of a request to the table stand-in', async () => {
  await using cloud = await startFixture();
  const { port } = new URL(cloud.dynamodbEndpoint);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST / HTTP/1.1\r\nhost: 127.0.0.1\r\n${SECRET_HEADER}: ${cloud.credentials.sessionToken}\r\ncontent-length: 100\r\n\r\n{`,
  );
  const headers = { [SECRET_HEADER]: cloud.credentials.sessionToken };
  await eventually(() => fetch(cloud.dynamodbEndpoint, { headers }).then(({ status }) => status)).toBe(200);
  socket.resetAndDestroy();
  await once(socket, 'close');
  expect((await cloud.invoke('probe', { probe: 'claim', id: 'x' })).payload).toBe('"won"');
});

it('keeps messages and items in a directory, for one process at a time, and refuses other keys for a table in it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'poolkeeper-cloud-'));
  const kept = { directory: dataDir, onFailure: (error: unknown) => expect.unreachable(String(error)) };
  try {
    {
      await using cloud = await startFixture({ kept });
      await cloud.send('WorkDeadLetterQueue', [{ id: 'kept' }]);
      const { sqsEndpoint: endpoint, credentials } = cloud;
      const sqs = new SQSClient({ endpoint, credentials, region: 'us-east-1' });
      await sqs.send(new ReceiveMessageCommand({ QueueUrl: cloud.queueUrl('WorkDeadLetterQueue') }));
      sqs.destroy();
      expect(await cloud.messagesIn('WorkDeadLetterQueue')).toEqual({ visible: 0, inFlight: 1 });
      await cloud.invoke('probe', { probe: 'claim', id: 'kept' });
      await expect(startFixture({ kept })).rejects.toThrow(`${dataDir} is in use by process ${process.pid}`);
    }
    {
      await using cloud = await startFixture({ kept });
      // The run before has received it, and is over.
      expect(await cloud.messagesIn('WorkDeadLetterQueue')).toEqual({ visible: 1, inFlight: 0 });
      const { payload } = await cloud.invoke('probe', { probe: 'claim', id: 'kept' });
      expect(payload).toBe('"ConditionalCheckFailedException"');
    }
    const definition = {
      AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' as const }],
      KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' as const }],
    };
    const describe = (location: CloudLocation) => {
      const stack = fixtureStack(location);
      return { ...stack, tables: stack.tables.map((table) => ({ ...table, definition })) };
    };
    await expect(startFixture({ kept, describe })).rejects.toThrow(
      'the stored table "poolkeeper-test-ledger" has other keys or indexes than the stack',
    );
  } finally {
    await rm(dataDir, { recursive: true });
  }
});

it('serves a call that waited for a process which then died', async () => {
  await using cloud = await startFixture({ maxSandboxes: 1 });
  const [died, waited] = await Promise.all([
    cloud.invoke('probe', { probe: 'exit' }),
    cloud.invoke('probe', {}),
  ]);
  expect([died.functionError, waited]).toEqual(['Unhandled', { payload: 'null' }]);
});

/** Runs the fixture in a process of its own; gives it, its idle process and the one that is busy. */
async function runCloud(argument: string) {
  const program = spawn(
    process.execPath,
    [fileURLToPath(new URL('handlers/run-cloud.mjs', import.meta.url)), argument],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(createInterface({ input: program.stdout }), 'line');
  const pids: number[] = JSON.parse(line).map(({ pid }: { pid: number }) => pid);
  return { program, pids };
}

it('its processes end by themselves when it is killed, idle or busy', async () => {
  const { program, pids } = await runCloud('wait');
  expect(pids.map(isAlive)).toEqual([true, true]);
  program.kill('SIGKILL');
  await eventually(() => pids.filter(isAlive)).toEqual([]);
});

it('a program ends by itself once it is stopped: no timer and no handle is left', async () => {
  const { program } = await runCloud('stop');
  const [code] = await once(program, 'exit');
  expect(code).toBe(0);
});
