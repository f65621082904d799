import type { DatabaseSync } from 'node:sqlite';
import type { BuildAppOptions } from 'fauxqs';
import type { KeptDirectory } from '../kept-directory.ts';

export interface QueueStores {
  readonly stores: NonNullable<BuildAppOptions['stores']>;
  close(): void;
}

const part = (path: string) => import(new URL(path, import.meta.resolve('fauxqs')).href);

/**
 * Opens the queues of fauxqs, in memory or in a directory (SQLite). In fauxqs, only a server that listens on every interface can keep
 * queues in a directory. This function therefore connects the same parts as its `startFauxqs`. The version of fauxqs is pinned.
 */
export async function openQueueStores(kept?: KeptDirectory): Promise<QueueStores> {
  const [{ SqsStore }, { SnsStore }, { S3Store }] = await Promise.all([
    part('./sqs/sqsStore.js'),
    part('./sns/snsStore.js'),
    part('./s3/s3Store.js'),
  ]);
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  if (!kept) return { stores, close: () => {} };
  const { PersistenceManager } = await part('./persistence.js');
  const persistence = new PersistenceManager(kept.directory);
  showAgain(persistence, kept.onFailure);
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  stores.sqsStore.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  return { stores, close: () => persistence.close() };
}

/**
 * Lets a message be visible again. fauxqs writes null for the number of times that it was received; its table refuses that, and the message
 * is in no list until the next start. It does so in a timer, where no caller could catch an exception.
 */
function showAgain(
  persistence: { db: DatabaseSync; updateMessageReady: (messageId: string) => void },
  onFailure: (error: unknown) => void,
): void {
  const ready = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => {
    try {
      ready.run(messageId);
    } catch (error) {
      // The message stays received on the disk. The next start shows it again.
      onFailure(error);
    }
  };
}
