/** The parts of the simulator's state that the page shows: local/simulator/control/state.ts has all. */
export type Simulated = {
  settings: { speed: number; raisesAlarms: boolean; clockDriftSeconds: number; nodeFailuresPerDay: number };
  pools: { id: string; name: string; nodes: SimulatedNode[] }[];
  faults: {
    id: string;
    kind: string;
    match: Readonly<Record<string, string>>;
    remaining: number | null;
    until: string | null;
  }[];
  requests: {
    requestId: string;
    at: string;
    method: string;
    path: string;
    endpoint?: string;
    status: number | null;
    faults: string[];
  }[];
};

export type SimulatedNode = { name: string; phase: string; driverPhase: string; staysBroken: boolean };

/** A disturbance that the page offers: a fault of local/simulator/faults/fault.ts, or a change of the settings. */
export type Trouble = { name: string; shows: string; path: string; method: string; body: object };

const fault = (name: string, shows: string, body: object): Trouble => ({
  name,
  shows,
  method: 'POST',
  path: '/simulator/faults',
  body,
});

export const TROUBLES: readonly Trouble[] = [
  fault('Slow the API', 'The next 20 answers come 3 s late.', { kind: 'slow', delayMs: 3_000, count: 20 }),
  fault(
    'Lose an answer',
    'The next reset happens, and its answer is lost: Poolkeeper looks for the job, and never sends it twice.',
    {
      kind: 'lost-answer',
      match: { endpoint: 'batch-reset-nodes' },
      count: 1,
    },
  ),
  fault('Fail for a while', 'The next 10 requests get a 503.', {
    kind: 'server-error',
    status: 503,
    count: 10,
  }),
  fault('Throttle', 'The next 5 requests get a 429 with Retry-After.', {
    kind: 'throttled',
    retryAfterSeconds: 2,
    count: 5,
  }),
  fault('Fail a job', 'The next job ends as Failed.', { kind: 'failed-job', count: 1 }),
  fault('Suspend a job', 'The next job stops half way, until its deadline.', {
    kind: 'suspended-job',
    count: 1,
  }),
  {
    name: 'Drift a clock',
    shows: 'The clock of the API is 20 minutes ahead: it refuses every signature until all is healed.',
    method: 'PATCH',
    path: '/simulator',
    body: { clockDriftSeconds: 1_200 },
  },
];
