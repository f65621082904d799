import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import type { Document, Store } from '#lib/ledger/store';
import { copyLedger } from '#local/backup/copy-ledger';
import { openTables } from '#local/backup/open-tables';
import { restoreBackup } from '#local/backup/restore';
import { takeBackup } from '#local/backup/take-backup';
import { startQueueService } from '#local/cloud/queues/queues';
import { createRunCredentials } from '#local/cloud/run-credentials';
import { startTableService } from '#local/cloud/tables/tables';
import { ledgerTable } from '#local/stack/ledger-table';
import { runCli } from '#test/cli/surroundings';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const TABLE = 'poolkeeper-local';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-backup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(args, { home: { data: folder } });

/** No disk of these tests fails unasked. */
function onFailure(error: unknown): never {
  throw error;
}

const at = (...parts: string[]) => path.join(folder, ...parts);
const ledger = () => at('.poolkeeper/data');
const document = (index: number): Document => ({
  pk: `thing#${index}`,
  sk: '-',
  version: 1,
  writeId: `w${index}`,
  // Long enough to be stored packed, as binary content.
  value: { index, text: 'word '.repeat(200) },
});

const url = (name: string) => `http://127.0.0.1/000000000000/${name}`;

/** A data folder as a system leaves it: documents, a message on its way, a dead letter, tokens. */
async function fill(count = 60): Promise<void> {
  await using tables = await openTables(path.join(ledger(), 'tables'), onFailure);
  await tables.write(TABLE, [
    { pk: { S: 'first' }, sk: { S: '-' }, version: { N: '1' }, writeId: { S: 'w' } },
  ]);
  await tables.store(TABLE).putMany(Array.from({ length: count }, (_, index) => document(index)));
  const queues = await startQueueService('us-east-1', createRunCredentials(), {
    directory: path.join(ledger(), 'queues'),
    onFailure,
  });
  const names = ['reset-nodes', 'reset-nodes-dlq'];
  await queues.create(
    names.map((name) => ({ logicalId: name, name, arn: `arn:${name}`, url: url(name), attributes: {} })),
  );
  const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
  for (const name of names)
    await queues.client.send(new SendMessageCommand({ QueueUrl: url(name), MessageBody: name }));
  await queues.stop();
  await mkdir(at('.poolkeeper/tokens'), { recursive: true });
  await writeFile(at('.poolkeeper/tokens/webhook'), 'a-webhook-token-of-the-backup-test\n');
}

const backup = (file = at('a.backup'), replace = false) =>
  takeBackup({ file, data: folder, replace, now: () => NOW });
const restore = (data: string, { file = at('a.backup'), unchanged = false } = {}) =>
  restoreBackup({ file, data, unchanged, now: NOW + 3_600_000 });

async function documentsIn(data: string): Promise<unknown[]> {
  await using tables = await openTables(path.join(data, '.poolkeeper/data/tables'), onFailure);
  const store: Store = tables.store(TABLE);
  return await store.getMany(Array.from({ length: 60 }, (_, index) => document(index)));
}

function messagesIn(data: string): unknown[] {
  const queues = new DatabaseSync(path.join(data, '.poolkeeper/data/queues/fauxqs.db'));
  try {
    return queues.prepare('SELECT body FROM sqs_messages ORDER BY body').all();
  } finally {
    queues.close();
  }
}

describe('a backup', () => {
  it('has ledger, queues and tokens, and comes back whole in another folder', async () => {
    await fill();
    expect(await backup()).toMatchObject({ running: false, items: 61 });
    expect((await stat(at('a.backup'))).mode & 0o777).toBe(0o600);
    expect(await readdir(at('.poolkeeper'))).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/^copy-/)]),
    );

    const { items, after, keptTokens } = await restore(at('other'));
    expect({ items, after, keptTokens }).toEqual({
      items: 61,
      after: { handedOver: 0, followed: 0 },
      keptTokens: [],
    });
    expect(await documentsIn(at('other'))).toHaveLength(60);
    expect(await documentsIn(at('other'))).toEqual(expect.arrayContaining([document(59)]));
    // A dead letter waits for a person; any other message would carry a command out again.
    expect(messagesIn(at('other'))).toEqual([{ body: 'reset-nodes-dlq' }]);
    const token = at('other/.poolkeeper/tokens/webhook');
    expect(await readFile(token, 'utf8')).toBe('a-webhook-token-of-the-backup-test\n');
    expect((await stat(token)).mode & 0o777).toBe(0o600);
    expect(await readdir(at('other/.poolkeeper/data'))).toContain('format.json');

    await restore(at('moved'), { unchanged: true });
    expect(messagesIn(at('moved'))).toEqual([{ body: 'reset-nodes' }, { body: 'reset-nodes-dlq' }]);
  });

  it('replaces nothing unasked, neither a file nor a ledger nor a token', async () => {
    await fill(1);
    await backup();
    await expect(backup()).rejects.toThrow(/a\.backup exists: name another file, or add --replace/);
    await backup(at('a.backup'), true);
    await expect(restore(folder)).rejects.toThrow(
      /has a ledger already\. Restore into another folder .* mv /,
    );
    await mkdir(at('other/.poolkeeper/tokens'), { recursive: true });
    await writeFile(at('other/.poolkeeper/tokens/webhook'), 'another-token-that-is-in-use-already');
    expect((await restore(at('other'))).keptTokens).toEqual([at('other/.poolkeeper/tokens/webhook')]);
  });

  it('that is damaged restores nothing', async () => {
    await fill(3);
    await backup();
    const whole = await readFile(at('a.backup'));
    const lines = gunzipSync(whole).toString().split('\n');
    const broken: [Buffer | string, RegExp][] = [
      [whole.subarray(0, whole.length - 20), /cannot be read as a backup/],
      [gzipSync(lines.slice(0, -2).join('\n')), /damaged or not complete/],
      [gzipSync(lines.filter((_, index) => index !== 2).join('\n')), /damaged or not complete/],
      [gzipSync(lines.join('\n').replace('"w2"', '"w3"')), /damaged or not complete/],
      [
        gzipSync(lines.join('\n').replace('"format":1', '"format":9')),
        /format 9, which this version cannot read/,
      ],
      [gzipSync('{}\n'), /is not a backup of Poolkeeper/],
      ['text', /cannot be read as a backup/],
    ];
    for (const [content, expected] of broken) {
      await writeFile(at('broken'), content);
      await expect(restore(at('other'), { file: at('broken') })).rejects.toThrow(expected);
      expect(await readdir(at('other/.poolkeeper'))).toEqual([]);
    }
    await expect(restore(at('other'), { file: at('none') })).rejects.toThrow('There is no file');
  });

  it('of a folder of a newer version is refused', async () => {
    await fill(1);
    await writeFile(path.join(ledger(), 'format.json'), '{ "format": 7, "poolkeeper": "9.9.9" }');
    await expect(backup()).rejects.toThrow(/written by Poolkeeper 9\.9\.9 in format 7/);
  });

  it('ends with the exit code of a wrong command line where that is the reason', async () => {
    await fill(1);
    expect((await run('backup', at('a.backup'))).code).toBe(exitCodes.done.code);
    const wrong = [
      ['backup', at('a.backup')],
      ['backup', at('none/a.backup')],
      ['backup', at('b.backup'), '--data', at('none')],
      ['restore', at('a.backup')],
      ['restore', at('none.backup')],
    ];
    for (const args of wrong) {
      const { code, errors } = await run(...args);
      expect([args, code], errors).toEqual([args, exitCodes.usage.code]);
    }
  });

  it('names what is missing', async () => {
    await expect(backup()).rejects.toThrow(
      /\.poolkeeper\/data is not there: name the data folder with --data/,
    );
  });
});

it('is a copy of one moment while writers go on, and loses none of their writes', async () => {
  const credentials = createRunCredentials();
  const directory = at('live');
  const service = await startTableService('us-east-1', credentials, {
    directory: path.join(directory, 'tables'),
    onFailure,
  });
  await service.create([{ logicalId: 'LedgerTable', name: TABLE, definition: ledgerTable }]);
  const { createDynamoDbStore } = await import('#lib/aws/dynamodb-store');
  const store = createDynamoDbStore(TABLE, {
    endpoint: service.endpoint,
    region: 'us-east-1',
    key: credentials,
    now: Date.now,
  });
  let written = 0;
  const over = new AbortController();
  const writer = (async () => {
    for (; !over.signal.aborted; written += 1) await store.put(document(written), 0);
  })();
  for (let copies = 0; copies < 3; copies += 1) {
    const before = written;
    await copyLedger(directory, at(`copy${copies}`), () => service.hold());
    const after = written;
    await using tables = await openTables(at(`copy${copies}`, 'tables'), onFailure);
    const found: number[] = [];
    for await (const { item } of tables.items())
      found.push(Number(/\d+/.exec(JSON.stringify(item['pk']))?.[0]));
    // All writes up to one moment, and none after it.
    found.sort((left, right) => left - right);
    expect(found).toEqual(Array.from({ length: found.length }, (_, index) => index));
    expect(found.length).toBeGreaterThanOrEqual(before);
    expect(found.length).toBeLessThanOrEqual(after + 1);
  }
  over.abort();
  await writer;
  expect(await store.getMany(Array.from({ length: written }, (_, index) => document(index)))).toHaveLength(
    written,
  );
  await service.stop();
});
