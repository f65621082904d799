import { readFile } from 'node:fs/promises';
import type { Clock } from '#lib/clock';
import type { Invocation } from '#lib/handler/invocation';
import type { HttpRequest, HttpResponse } from '#lib/handler/on-http';
import { readDocument } from '#lib/ledger/change';
import { gaugeRecordKey, gaugeRecordKind } from '#lib/ledger/gauge-record';
import type { Store } from '#lib/ledger/store';
import { allMetrics } from '#lib/metrics/all';
import { type Counter, CounterFile } from '#lib/metrics/counters';
import { EXPOSITION_TYPE, exposition, type Shown } from '#lib/metrics/exposition';
import { SweepAge } from '#lib/metrics/table';

/** Reads the counters of this machine. On AWS there are none: CloudWatch has them. */
export type CounterSource = () => Promise<readonly Counter[]>;

/** @param file absolute; undefined: there are no counters. It may be missing until the first count. */
export function createCounterFile(file: string | undefined): CounterSource {
  return async () => {
    if (file === undefined) return [];
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? [] : CounterFile.parse(JSON.parse(text)).counters;
  };
}

/**
 * The metrics as Prometheus reads them: the counters of this machine, and the gauges of the last sweep. An age grows with the time since
 * then. A metric of another version of Poolkeeper is left out.
 */
export async function answerMetrics(
  _request: HttpRequest,
  { store, clock, counters }: { store: Store; clock: Clock; counters: CounterSource },
  _invocation: Invocation,
): Promise<HttpResponse> {
  const [record, counted] = await Promise.all([
    readDocument(store, gaugeRecordKind, gaugeRecordKey()),
    counters(),
  ]);
  const since = record ? Math.max(0, Math.round((clock.now() - Date.parse(record.at)) / 1000)) : 0;
  const sweepAge = record ? [{ name: SweepAge.name, labels: {}, value: 0 }] : [];
  const gauges = [...sweepAge, ...(record?.gauges ?? [])].flatMap(({ name, labels, value }): Shown[] => {
    const metric = allMetrics[name];
    return metric?.kind === 'gauge' ? [{ metric, labels, value: metric.isAge ? value + since : value }] : [];
  });
  const sums = counted.flatMap(({ name, ...sum }): Shown[] => {
    const metric = allMetrics[name];
    return metric && metric.kind !== 'gauge' ? [{ metric, ...sum }] : [];
  });
  return {
    status: 200,
    body: Buffer.from(exposition([...sums, ...gauges])),
    headers: { 'content-type': EXPOSITION_TYPE },
  };
}
