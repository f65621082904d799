/**
 * Branches that no world takes, and the reason of all of one kind. Each place is `file.ts`, `file.ts function`, or
 * `file.ts function: a part of the line`, so that it outlives lines and folders. A folder before the name tells files of one
 * name from each other.
 */
export type Unreached = { why: string; where: readonly string[] };

export const unreached: readonly Unreached[] = [
  {
    why: 'a bound in bytes or entries that no small world comes near; a unit test is at each of them',
    where: [
      'bounded-receipts.ts',
      'shortened.ts',
      'pool-room.ts whyNoRoomToHold',
      'ledger/limits.ts constructor',
      'ledger/limits.ts assertFits',
      'ledger/limits.ts firstWithin',
      'alerts/episode.ts latest',
      'shown.ts readRemediation: MAX_ID_CHARACTERS',
      'listing.ts listRemediations: MAX_PAGE_BYTES',
    ],
  },
  {
    why: 'a target of Huawei SMN: the worlds tell webhooks alone, and test/notify holds what is sent to a topic',
    where: ['smn-message.ts', 'request-to.ts requestTo: There is no access key', 'request-to.ts smnRequest'],
  },
];
