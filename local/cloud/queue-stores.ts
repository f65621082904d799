import type { BuildAppOptions } from 'fauxqs';

interface QueueStores {
  readonly stores: NonNullable<BuildAppOptions['stores']>;
  close(): void;
}

const part = (path: string) => import(new URL(path, import.meta.resolve('fauxqs')).href);

/**
 * Opens queues kept in a directory (SQLite). fauxqs offers this only together with a server that listens on every
 * interface, so the parts are put together here as its `startFauxqs` does; it is pinned to an exact version.
 */
export async function openQueueStores(directory: string): Promise<QueueStores> {
  const [{ PersistenceManager }, { SqsStore }, { SnsStore }, { S3Store }] = await Promise.all([
    part('./persistence.js'),
    part('./sqs/sqsStore.js'),
    part('./sns/snsStore.js'),
    part('./s3/s3Store.js'),
  ]);
  const persistence = new PersistenceManager(directory);
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  stores.sqsStore.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  return { stores, close: () => persistence.close() };
}
