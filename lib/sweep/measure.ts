import { dayOf } from '#lib/capacity/budget';
import { outWith } from '#lib/capacity/capacity';
import { countSnapshot, nodesAsJudged } from '#lib/capacity/count-snapshot';
import { stormAt } from '#lib/capacity/storm';
import { inTurn } from '#lib/concurrency';
import type { Invocation } from '#lib/handler/invocation';
import { updateDocument } from '#lib/ledger/change';
import { type GaugeRecord, gaugeRecordKey, gaugeRecordKind } from '#lib/ledger/gauge-record';
import { readPoolRecord } from '#lib/ledger/pool-record';
import { readSnapshot } from '#lib/ledger/snapshot/read-snapshot';
import { embeddedLines } from '#lib/metrics/embedded';
import { type Sample, sample } from '#lib/metrics/metric';
import {
  BreakerOpen,
  BudgetLimit,
  DayBudgetFree,
  DeadLetters,
  NodesOut,
  NoticesWaiting,
  OldestRemediation,
  OpenRemediations,
  ReadingAge,
  Storm,
  SweepAge,
} from '#lib/metrics/table';
import type { PoolRules } from '#lib/rules/rules';
import type { RemediationState } from '#lib/rules/state';
import type { SweepingServices } from './sweep-of.ts';

const OPEN: readonly RemediationState[] = [
  'submitting',
  'deferred',
  'awaiting-approval',
  'running',
  'verifying',
];

/** Limit of the entries of an index that are counted: one query reads them. */
const MAX_COUNTED = 1_000;

const POOLS_AT_ONCE = 4;

/** Before every sort key. */
const BEGINNING = '0';

/**
 * Writes the gauges of this moment into the log and into the ledger. Its reads grow with the open work and with the pools, and not with the
 * ledger. A value that cannot be read is left out, with an error in the log.
 */
export async function measure(services: SweepingServices, { log }: Invocation): Promise<void> {
  const { store, rules, clock, countedLetters = [] } = services;
  const orLeaveOut = (what: string, read: () => Promise<Sample[]>): Promise<Sample[]> =>
    read().catch((error: unknown) => {
      log.error('a metric could not be read', { what, error });
      return [];
    });
  const all = await Promise.all([
    ...OPEN.map((state) => orLeaveOut(state, () => measureState(state, services))),
    orLeaveOut('notices', async () => {
      const found = await store.find({ index: 'by-outbox', partition: 'untold', limit: MAX_COUNTED });
      return [sample(NoticesWaiting, found.length, {})];
    }),
    ...countedLetters.map(({ functionName: queue, letters }) =>
      orLeaveOut(`dead letters of ${queue}`, async () => {
        const { visible, hidden } = await letters.count();
        return [sample(DeadLetters, visible + hidden, { queue })];
      }),
    ),
  ]);
  const ofPools = await inTurn(rules.pools, POOLS_AT_ONCE, (pool) =>
    orLeaveOut(pool.name, () => measurePool(pool, services)),
  );
  const samples = [...all, ...ofPools].flat();
  const now = clock.now();
  for (const line of embeddedLines([sample(SweepAge, 0, {}), ...samples], now)) log.info('measured', line);
  const record: GaugeRecord = {
    at: new Date(now).toISOString(),
    gauges: samples.map(({ metric: { name }, labels, values: [value = 0] }) => ({ name, labels, value })),
  };
  await updateDocument(store, gaugeRecordKind, gaugeRecordKey(), () => record);
}

async function measureState(state: RemediationState, { store, clock }: SweepingServices): Promise<Sample[]> {
  const query = { index: 'by-state', partition: state, after: BEGINNING, limit: MAX_COUNTED } as const;
  const entries = await store.find(query);
  // Every sort key is a time with `#` and an id behind it.
  const since = Date.parse(entries[0]?.sortKey.split('#')[0] ?? '');
  const age = Number.isNaN(since) ? 0 : secondsSince(since, clock.now());
  return [
    sample(OpenRemediations, entries.length, { state }),
    ...(entries.length > 0 ? [sample(OldestRemediation, age, { state })] : []),
  ];
}

async function measurePool(pool: PoolRules, { store, clock }: SweepingServices): Promise<Sample[]> {
  const now = clock.now();
  const labels = { pool: pool.name };
  const [record, { reading, failing }] = await Promise.all([
    readPoolRecord(store, pool.id, now),
    readSnapshot(store, pool.id),
  ]);
  const { openUntil } = record.breaker ?? {};
  const isOpen = openUntil !== undefined && Date.parse(openUntil) > now;
  // Without any good reading, its age is that of the first failed one.
  const goodUntil = reading?.at ?? failing?.since;
  return [
    sample(Storm, stormAt(record, now) ? 1 : 0, labels),
    sample(BreakerOpen, isOpen ? 1 : 0, labels),
    ...(goodUntil === undefined
      ? []
      : [sample(ReadingAge, secondsSince(Date.parse(goodUntil), now), labels)]),
    ...(reading ? budgetOf(reading) : []),
  ];

  function budgetOf(good: NonNullable<typeof reading>): Sample[] {
    const capacity = countSnapshot(good, nodesAsJudged(good, record, pool), record, pool, now);
    const day = dayOf(record, pool.budget.perDay, capacity.seen, now);
    return [
      sample(NodesOut, outWith(capacity, []), labels),
      sample(BudgetLimit, capacity.limit, labels),
      sample(DayBudgetFree, Math.max(0, day.limit - day.units), labels),
    ];
  }
}

function secondsSince(atMs: number, now: number): number {
  return Math.max(0, Math.round((now - atMs) / 1000));
}
