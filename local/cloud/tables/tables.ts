import type { IncomingMessage } from 'node:http';
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
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import type { RunCredentials } from '../run-credentials.ts';
import { refusalAtDoor } from '../stand-in-door.ts';

export interface TableService {
  readonly endpoint: string;
  /** Creates the tables and waits until they are usable. Tables from an earlier run keep their items. */
  create(tables: readonly TableDescription[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the stand-in for DynamoDB, on loopback.
 *
 * @param credentials every request must have their session token
 * @param directory keeps the tables after the process ends; without it, they are in memory
 */
export async function startTableService(
  region: string,
  credentials: RunCredentials,
  directory?: string,
): Promise<TableService> {
  const server = dynalite({ createTableMs: 0, ...(directory !== undefined && { path: directory }) });
  const requests = guardRequests(server, credentials);
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
      await Promise.all(tables.map(createTable));
      client.destroy();
    },
    async stop() {
      await requests.finish();
      await closeServer(server);
    },
  };
}

/** The longest wait for requests in work. */
const FINISH_MS = 5_000;

/**
 * Protects dynalite, which checks no credentials. It also throws an exception that no caller can catch if a sender dies during its
 * request, or if the database closes during a request.
 *
 * @returns `finish`, which refuses further requests and waits for those in work, even if their senders are gone
 */
function guardRequests(
  server: ReturnType<typeof dynalite>,
  credentials: RunCredentials,
): { finish(): Promise<void> } {
  const [handle] = server.listeners('request');
  server.removeAllListeners('request');
  const underWay = new Set<IncomingMessage>();
  let finished: (() => void) | undefined;

  function end(request: IncomingMessage): void {
    underWay.delete(request);
    if (underWay.size === 0) finished?.();
  }

  server.on('request', (request, response) => {
    const refusal = refusalAtDoor(request, credentials);
    if (refusal) {
      response.writeHead(refusal.status).end(refusal.why);
    } else if (finished) {
      response.destroy();
    } else {
      underWay.add(request);
      // dynalite ends the answer to every complete request, even if the sender no longer listens.
      const endAnswer = response.end.bind(response);
      Object.assign(response, {
        end(...rest: unknown[]) {
          end(request);
          return Reflect.apply(endAnswer, response, rest);
        },
      });
      request.on('close', () => {
        if (!request.complete) end(request);
      });
      handle?.call(server, request, response);
      request.removeAllListeners('error').on('error', () => response.destroy());
    }
  });

  return {
    async finish() {
      const { promise, resolve } = Promise.withResolvers<void>();
      finished = resolve;
      if (underWay.size === 0) resolve();
      const timer = setTimeout(resolve, FINISH_MS);
      await promise;
      clearTimeout(timer);
    },
  };
}

function assertSameKeys(
  name: string,
  wanted: TableDescription['definition'],
  existing?: ExistingTable,
): void {
  if (existing && keysOf(existing) === keysOf(wanted)) return;
  throw new Error(
    `the stored table "${name}" has other keys or indexes than the stack: delete the data directory to start again`,
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
