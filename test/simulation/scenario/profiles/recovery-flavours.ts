/** The work that a seed leaves half done, and how. */
export type RecoveryFlavour = {
  often: Record<string, number>;
  jobSeconds: readonly [number, number];
  polling: string;
  verify: string;
  cooldowns: readonly string[];
  ladder: readonly (readonly ('reset' | 'migrate' | 'notify')[])[];
  /** How long things go wrong, and the minutes at which something is asked for. */
  minutes: number;
  rounds: readonly number[];
  /** How many nodes there are, how many of them are asked for at once, how often each, and within what time. */
  nodes: readonly number[];
  wanted: readonly number[];
  voices: readonly number[];
  spreadMs: number;
  /** Between those that ask for the same node. */
  gapMs: number;
  isOnlyAlerts: boolean;
  /** How many of the alerts resolve within minutes. */
  resolves: number;
  /** Whether others work in the pool. */
  others: boolean;
  purges: readonly number[];
  outages: readonly number[];
  /** How many times as often it is drawn as others. */
  weight: number;
};

const USUAL: RecoveryFlavour = {
  often: {},
  jobSeconds: [20, 90],
  polling: '{ first: 10s, every: 30s }',
  verify: '',
  cooldowns: ['0s', '2m', '10m'],
  ladder: [['reset']],
  minutes: 12,
  rounds: [1],
  nodes: [2, 3],
  wanted: [1, 2],
  voices: [1, 1, 2],
  spreadMs: 40_000,
  gapMs: 0,
  isOnlyAlerts: false,
  resolves: 0.2,
  others: false,
  purges: [0],
  outages: [0],
  weight: 1,
};

const NO_KILLS = { 'killed-before': 0, 'killed-after': 0 };

export const FLAVOURS: Record<string, RecoveryFlavour> = {
  // Messages are lost for good: only the sweep knows their work.
  'lost messages': {
    ...USUAL,
    often: {
      lost: 12,
      'reset-before': 4,
      'reset-after': 4,
      'hidden-job': 2,
      'long-hidden-job': 8,
      fails: 0.5,
      'suspended-for-good': 0,
    },
    rounds: [1, 4],
    purges: [0, 1, 2],
    outages: [0, 0, 1],
  },
  // Functions die over some messages again and again.
  'deadly messages': {
    ...USUAL,
    often: { deadly: 20, ...NO_KILLS, 'suspended-for-good': 0 },
    minutes: 42,
    wanted: [2, 3],
    nodes: [3],
    voices: [1],
    resolves: 0.1,
  },
  // Functions fail over some documents again and again, and over little else.
  'sick documents': {
    ...USUAL,
    often: {
      ...NO_KILLS,
      sick: 40,
      frozen: 0.2,
      stall: 0.2,
      slow: 0.2,
      fails: 0.2,
      'fails-before': 0.2,
      'fails-after': 0.2,
      'fails-midway': 0.2,
      'suspended-for-good': 0,
    },
    minutes: 42,
    wanted: [2, 3],
    nodes: [3],
    spreadMs: 1_500,
    voices: [1],
    resolves: 0.1,
  },
  // Functions die between any two writes.
  'between writes': {
    ...USUAL,
    often: {
      ...NO_KILLS,
      'dies-after-call': 8,
      'dies-after-look': 6,
      'dies-after-remediation': 8,
      'dies-after-node': 6,
      'dies-after-pool': 8,
      'dies-after-job': 15,
      'dies-after-send': 5,
      'dies-meanwhile': 8,
      'delivered-twice': 3,
      'no-quota': 8,
      forgotten: 20,
    },
    ladder: [['reset'], ['migrate'], ['migrate'], ['migrate', 'reset']],
    minutes: 24,
    rounds: [1, 8],
    nodes: [3, 4],
    wanted: [2, 3],
    resolves: 0.5,
    weight: 3,
  },
  // Answers are lost, and jobs are listed late or say nothing of nodes, while others work in the pool.
  'lost answers': {
    ...USUAL,
    often: {
      'reset-before': 10,
      'hangs-before': 5,
      'reset-after': 6,
      'hangs-after': 4,
      'bad-gateway-after': 4,
      'unavailable-before': 3,
      'silent-job': 3,
      'hidden-job': 1,
      'long-hidden-job': 10,
      'dies-meanwhile': 8,
      'dies-after-call': 12,
      lost: 2,
      fails: 0.3,
      'suspended-for-good': 0,
    },
    jobSeconds: [5, 20],
    polling: '{ first: 10s, every: 20s }',
    cooldowns: ['0s'],
    ladder: [['reset'], ['reset'], ['reset'], ['migrate']],
    rounds: [7, 9, 11],
    minutes: 16,
    wanted: [1, 2, 3],
    nodes: [2, 3, 4],
    voices: [1, 2, 3],
    spreadMs: 15_000,
    gapMs: 75_000,
    isOnlyAlerts: true,
    others: true,
    outages: [0, 0, 1],
    weight: 2,
  },
  // The same node is asked for again and again, soon after its last job has ended.
  'again and again': {
    ...USUAL,
    often: {
      ...NO_KILLS,
      'reset-after': 12,
      'bad-gateway-after': 8,
      'silent-job': 0,
      fails: 0.2,
      suspended: 0,
      'suspended-for-good': 0,
      'unknown-phase': 0,
      'breaks-again': 0,
    },
    jobSeconds: [5, 10],
    polling: '{ first: 5s, every: 20s }',
    cooldowns: ['0s'],
    minutes: 9,
    nodes: [2],
    wanted: [1, 2],
    voices: [3, 4],
    spreadMs: 10_000,
    gapMs: 55_000,
    isOnlyAlerts: true,
    resolves: 0,
  },
  // The answer to one of two calls comes, and its process dies; the answer to the other is lost.
  'two calls': {
    ...USUAL,
    often: {
      ...NO_KILLS,
      'dies-after-call': 18,
      'reset-before': 12,
      'hangs-before': 10,
      'silent-job': 6,
      fails: 0.2,
      'suspended-for-good': 0,
    },
    jobSeconds: [20, 60],
    polling: '{ first: 5s, every: 20s }',
    cooldowns: ['0s'],
    rounds: [1, 16],
    minutes: 30,
    nodes: [4],
    wanted: [2],
    voices: [1],
    spreadMs: 60_000,
    isOnlyAlerts: true,
    resolves: 0,
    weight: 2,
  },
  // The way from one rung to the next is long, and who goes it dies.
  ladders: {
    ...USUAL,
    often: {
      ...NO_KILLS,
      fails: 5,
      'dies-after-remediation': 10,
      'dies-after-send': 6,
      'dies-after-node': 4,
      'dies-after-pool': 4,
      lost: 6,
      'no-quota': 10,
      forgotten: 100,
    },
    verify: ', verify: { healthyFor: 1m, within: 4m }',
    ladder: [
      ['reset', 'reset'],
      ['reset', 'migrate'],
      ['reset', 'notify', 'reset'],
      ['migrate', 'reset'],
      ['migrate', 'reset'],
      ['notify', 'reset'],
    ],
    cooldowns: ['10m'],
    minutes: 16,
    wanted: [1, 1, 2],
    isOnlyAlerts: true,
    voices: [1],
    resolves: 0.1,
    weight: 2,
  },
  // A job takes longer than a sweep waits, stands still, never ends, or ends in an unknown way.
  'long jobs': {
    ...USUAL,
    often: {
      stuck: 3,
      lost: 4,
      'dies-after-call': 4,
      'dies-after-send': 3,
      suspended: 4,
      'suspended-for-good': 3,
      'unknown-phase': 5,
      'long-hidden-job': 15,
    },
    outages: [0, 1, 1],
    jobSeconds: [300, 1_400],
    polling: '{ first: 30s, every: 60s }',
    minutes: 30,
    voices: [1],
    resolves: 0.2,
  },
};
