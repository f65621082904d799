import type { JsonObject } from './json.ts';

/** An unreadable entry of a list, in one of the ways that real APIs have shown. */
export function brokenEntry(entry: JsonObject, choose: (count: number) => number): unknown {
  const isNamed = 'metadata' in entry;
  const ways: readonly unknown[] = isNamed
    ? [
        null,
        'entry',
        { ...entry, metadata: undefined },
        { ...entry, metadata: { ...Object(entry['metadata']), name: '' } },
        { ...entry, metadata: { ...Object(entry['metadata']), name: 7 } },
        { ...entry, status: { ...Object(entry['status']), driver: 'Running' } },
        { ...entry, status: { ...Object(entry['status']), taints: [{ effect: 'NoSchedule' }] } },
        { ...entry, status: 'Available' },
      ]
    : [null, 'entry', { ...entry, hostIps: { a: 1 } }, { ...entry, jobId: null, name: null }];
  return ways[choose(ways.length)];
}
