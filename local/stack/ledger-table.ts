const KEYS = ['pk', 'sk', 'timeBucket', 'timeKey', 'pool', 'state', 'stateKey', 'outbox', 'outboxKey'];

/** The attribute with the end of an item, in epoch seconds. */
export const EXPIRY_ATTRIBUTE = 'expiresAt';

/** The keys and indexes of the ledger, in the form of DynamoDB. */
export const ledgerTable = {
  AttributeDefinitions: KEYS.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  KeySchema: keys('pk', 'sk'),
  GlobalSecondaryIndexes: [
    index('by-time', 'timeBucket', 'timeKey'),
    index('by-pool', 'pool', 'timeKey'),
    index('by-state', 'state', 'stateKey'),
    index('by-outbox', 'outbox', 'outboxKey'),
  ],
};

function index(IndexName: string, partition: string, sort: string) {
  return {
    IndexName,
    KeySchema: keys(partition, sort),
    Projection: { ProjectionType: 'KEYS_ONLY' as const },
  };
}

function keys(partition: string, sort: string) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
}
