import type { Store } from '#lib/ledger/store';
import { arnOf } from '#local/cloud/account';
import type { Call } from '#local/cloud/iam/statement';
import { named } from '#local/stack/names';

/** The stack whose roles worlds without AWS are held against. */
export const PLACE = { region: 'us-east-1', sqsEndpoint: 'http://127.0.0.1:1' };
const STAGE = 'local';

/** A store that tells what each of its calls asks of a role, as lib/aws/dynamodb-store.ts sends it. test/iam/doors.test.ts compares the two. */
export function toldStore(store: Store, tell: (call: Call) => void): Store {
  const table = arnOf(PLACE, 'dynamodb', `table/${named(STAGE)}`);
  const told = (operation: string, partitions: readonly string[], resource = table): void =>
    tell({
      action: `dynamodb:${operation}`,
      resource,
      context: { 'dynamodb:leadingkeys': partitions },
    });
  return {
    ...store,
    get(key) {
      told('GetItem', [key.pk]);
      return store.get(key);
    },
    getMany(keys) {
      if (keys.length > 0)
        told(
          'BatchGetItem',
          keys.map(({ pk }) => pk),
        );
      return store.getMany(keys);
    },
    put(document, expectedVersion) {
      told('PutItem', [document.pk]);
      return store.put(document, expectedVersion);
    },
    remove(key, expectedVersion) {
      told('DeleteItem', [key.pk]);
      return store.remove(key, expectedVersion);
    },
    putMany(documents) {
      if (documents.length > 0)
        told(
          'BatchWriteItem',
          documents.map(({ pk }) => pk),
        );
      return store.putMany(documents);
    },
    query(asked) {
      told('Query', [asked.partition]);
      return store.query(asked);
    },
    find(asked) {
      told('Query', [asked.partition], `${table}/index/${asked.index}`);
      return store.find(asked);
    },
  };
}

/** A message for a queue, by the name of the queue without its stage. */
export function sendTo(queue: string): Call {
  return { action: 'sqs:SendMessage', resource: arnOf(PLACE, 'sqs', named(STAGE, queue)) };
}
