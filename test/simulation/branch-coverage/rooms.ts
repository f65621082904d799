/** The rooms that decide, call, follow, sweep and tell: each of their branches is taken, or stands on the list. */
export const CHECKED: readonly string[] = [
  'lib/actions',
  'lib/alerts',
  'lib/capacity',
  'lib/console',
  'lib/guards',
  'lib/modelarts/reading',
  'lib/modelarts/replies',
  'lib/notify',
  'lib/receiving',
  'lib/remediation',
  'lib/schedule',
  'lib/sweep',
  'lib/tag-policy',
  'lib/verification',
];

/** Rooms whose branches the worlds need not take, why, and the folder of tests that proves them. */
export type ProvenElsewhere = { rooms: readonly string[]; why: string; proof: string };

export const PROVEN_ELSEWHERE: readonly ProvenElsewhere[] = [
  { rooms: ['lib'], why: 'pure helpers', proof: 'test' },
  {
    rooms: ['lib/alerts/sources'],
    why: 'payloads of senders, field by field; the worlds have some forms of each',
    proof: 'test/alerts',
  },
  { rooms: ['lib/secrets'], why: 'the worlds have keys that never change', proof: 'test/secrets' },
  { rooms: ['lib/aws'], why: 'the worlds have a table, queues and secrets of their own', proof: 'test/aws' },
  {
    rooms: ['lib/dead-letters'],
    why: 'people read dead letters by hand; the worlds have no person who does',
    proof: 'test/dead-letters',
  },
  {
    rooms: ['lib/console/pools'],
    why: 'it shows the ledger, and decides nothing',
    proof: 'test/console/pools',
  },
  { rooms: ['lib/handler'], why: 'the shapes of Lambda and of HTTP', proof: 'test/handler' },
  { rooms: ['lib/warm-up'], why: 'it leaves no trace, and decides nothing', proof: 'test/warm-up' },
  { rooms: ['lib/http'], why: 'one exchange on the wire', proof: 'test/http' },
  { rooms: ['lib/metrics'], why: 'it counts, and decides nothing', proof: 'test/metrics' },
  { rooms: ['lib/journal'], why: 'it records, and decides nothing', proof: 'test/journal' },
  { rooms: ['lib/ledger'], why: 'it stores the decisions of others, within bounds', proof: 'test/ledger' },
  {
    rooms: ['lib/modelarts/client', 'lib/modelarts/endpoints', 'lib/modelarts/requests'],
    why: 'requests and answers, field by field, from the pages of the vendor',
    proof: 'test/modelarts',
  },
  {
    rooms: ['lib/sentences'],
    why: 'it words what others have decided',
    proof: 'test/sentences',
  },
  { rooms: ['lib/smn'], why: 'signatures and certificates of Huawei SMN', proof: 'test/smn' },
  {
    rooms: ['lib/rules'],
    why: 'pure: it reads a rules file, and refuses each mistake in it',
    proof: 'test/rules',
  },
];

/** The room of a source file: the innermost one that is named above, or else its folder, or its folder in `lib`. */
export function roomOf(file: string): string {
  const rooms = [...CHECKED, ...PROVEN_ELSEWHERE.flatMap((one) => one.rooms)];
  const folders = file.split('/').slice(0, -1);
  for (let depth = folders.length; depth > 1; depth -= 1) {
    const room = folders.slice(0, depth).join('/');
    if (rooms.includes(room)) return room;
  }
  return folders.slice(0, folders[1] === 'modelarts' ? 3 : 2).join('/');
}
