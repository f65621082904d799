import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type TableDescription as ExistingTable,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { TableDescription } from '../description.ts';
import { dynamoDbRefusal } from '../iam/refusal.ts';
import type { Roles } from '../iam/roles.ts';
import { dynamoDbCalls, operationOf } from '../iam/service-calls.ts';
import type { KeptDirectory } from '../kept-directory.ts';
import { closeServer, listenOnLoopback, readBody } from '../loopback-server.ts';
import type { RunCredentials } from '../run-credentials.ts';
import { refusalAtDoor } from '../stand-in-door.ts';
import { closeIterators } from './closing-iterators.ts';
import { type RemovalOptions, removeExpiredItems } from './expired-items.ts';
import { writeThrough } from './write-through.ts';

export interface TableService {
  readonly endpoint: string;
  /** Creates the tables and waits until they are usable. Tables from an earlier run keep their items. */
  create(tables: readonly TableDescription[]): Promise<void>;
  /** From now on removes the items whose time is over, bit by bit, until it stops. */
  removeExpired(options: Pick<RemovalOptions, 'clock' | 'onProblem'>): void;
  /** Lets requests in work end, and keeps later ones waiting. @returns a function that lets them go on */
  hold(): Promise<() => void>;
  stop(): Promise<void>;
}

/**
 * Starts the stand-in for DynamoDB, on loopback.
 *
 * @param credentials a request with their session token may do everything
 * @param kept the directory that keeps the tables after the process ends; without it, they are in memory
 * @param roles the functions. Each may make the calls that its role allows. @default none
 */
export async function startTableService(
  region: string,
  credentials: RunCredentials,
  kept?: KeptDirectory,
  roles?: Roles,
): Promise<TableService> {
  closeIterators();
  const server = dynalite({ createTableMs: 0, ...(kept && { path: kept.directory }) });
  let known: readonly TableDescription[] = [];
  const ending = new AbortController();
  let removal: Promise<unknown> | undefined;
  const requests = guardRequests(server, { credentials, roles, place: () => ({ region, tables: known }) });
  if (kept)
    writeThrough(kept.directory, (error) => {
      requests.giveUp();
      kept.onFailure(error);
    });
  const endpoint = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
  const client = new DynamoDBClient({
    endpoint,
    region,
    credentials,
  });

  async function createTable({ name, definition }: TableDescription): Promise<void> {
    try {
      await client.send(
        new CreateTableCommand({ TableName: name, BillingMode: 'PAY_PER_REQUEST', ...definition }),
      );
      await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 10 }, { TableName: name });
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error;
      const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
      assertSameKeys(name, definition, Table);
    }
  }

  return {
    endpoint,
    async create(tables) {
      known = tables;
      await Promise.all(tables.map(createTable));
      client.destroy();
    },
    removeExpired(options) {
      const remover = new DynamoDBClient({ endpoint, region, credentials });
      const { signal } = ending;
      removal = Promise.all(
        known.map((table) => removeExpiredItems({ ...options, signal, client: remover, table })),
      ).finally(() => remover.destroy());
    },
    hold: () => requests.hold(),
    async stop() {
      ending.abort();
      await removal;
      await requests.finish();
      await closeServer(server);
    },
  };
}

/** The longest wait for requests in work. */
const FINISH_MS = 5_000;

/** The limit of DynamoDB. dynalite refuses a longer request, too. */
const REQUEST_BYTES = 16 * 1024 * 1024;

type GuardOptions = {
  readonly credentials: RunCredentials;
  readonly roles: Roles | undefined;
  readonly place: () => Parameters<typeof dynamoDbCalls>[2];
};

/**
 * Protects dynalite, which checks no credentials and no role. It also throws an exception that no caller can catch if a sender dies during
 * its request, or if the database closes during a request. So it gets complete requests only.
 *
 * @returns `finish`, which refuses further requests and waits for those in work, even if their senders are gone; `hold`, which keeps
 * further ones waiting; and `giveUp`, which refuses further ones and cuts off those in work
 */
function guardRequests(
  server: ReturnType<typeof dynalite>,
  { credentials, roles, place }: GuardOptions,
): { finish(): Promise<void>; hold(): Promise<() => void>; giveUp(): void } {
  const [handle] = server.listeners('request');
  server.removeAllListeners('request');
  const underWay = new Set<ServerResponse>();
  let isFinished = false;
  const atRest: (() => void)[] = [];
  let held: Promise<void> | undefined;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalAtDoor(request, credentials, roles);
    if (refusal) {
      response.writeHead(refusal.status).end(refusal.why);
      return;
    }
    const body = await readBody(request, REQUEST_BYTES);
    if (!body) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    const caller = roles?.functionOf(request);
    const message =
      caller &&
      roles?.refusalOf(
        caller,
        dynamoDbCalls(operationOf(request.headers['x-amz-target']), parsed(body), place()),
      );
    if (message !== undefined) {
      const { statusCode, headers, body: text } = dynamoDbRefusal(message);
      response.writeHead(statusCode, headers).end(text);
      return;
    }
    await letGo();
    if (isFinished) response.destroy();
    else handOver(request, response, body);
  }

  /** dynalite listens to the events of a request, and ends the answer to every complete one, even if the sender no longer listens. */
  function handOver(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    underWay.add(response);
    const endAnswer = response.end.bind(response);
    Object.assign(response, {
      end(...args: unknown[]) {
        underWay.delete(response);
        if (underWay.size === 0) for (const settle of atRest.splice(0)) settle();
        return Reflect.apply(endAnswer, response, args);
      },
    });
    request.removeAllListeners();
    handle?.call(server, request, response);
    request.removeAllListeners('error').on('error', () => response.destroy());
    request.emit('data', body);
    request.emit('end');
  }

  server.on('request', (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  /** Settles when nothing holds requests back. */
  async function letGo(): Promise<void> {
    const holding = held;
    if (!holding) return;
    await holding;
    await letGo();
  }

  /** Settles when no request is in work, and after a while in any case. */
  async function rest(): Promise<void> {
    if (underWay.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    atRest.push(resolve);
    const timer = setTimeout(resolve, FINISH_MS);
    await promise;
    clearTimeout(timer);
  }

  return {
    async finish() {
      isFinished = true;
      await rest();
    },
    giveUp() {
      isFinished = true;
      for (const response of underWay) response.destroy();
      underWay.clear();
    },
    async hold() {
      await letGo();
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      await rest();
      return () => {
        held = undefined;
        resolve();
      };
    },
  };
}

/** The JSON of a request. dynalite answers one that is none. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function assertSameKeys(
  name: string,
  wanted: TableDescription['definition'],
  existing?: ExistingTable,
): void {
  if (existing && keysOf(existing) === keysOf(wanted)) return;
  throw new Error(
    `the stored table "${name}" has other keys or indexes than the stack. Keep this data folder for the version of Poolkeeper that wrote it, and start this one with another folder (--data)`,
  );
}

function keysOf(table: TableDescription['definition'] | ExistingTable): string {
  const indexes = (table.GlobalSecondaryIndexes ?? []).map(
    ({ IndexName, KeySchema = [] }) =>
      `${IndexName}: ${KeySchema.map(({ AttributeName }) => AttributeName).join()}`,
  );
  const keys = (table.KeySchema ?? []).map(({ AttributeName }) => AttributeName);
  return JSON.stringify([keys, indexes.toSorted((left, right) => left.localeCompare(right))]);
}
