import { readFile, rename, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { allMetrics } from '#lib/metrics/all';
import { type Counter, CounterFile } from '#lib/metrics/counters';

/** The counters of a system on this machine, which it adds up from the log lines of its functions. */
export type Counters = AsyncDisposable & {
  /** Adds the counters that a log line embeds. Any other line changes nothing. */
  take(line: string): void;
  /** Adds counters that may be new, at zero. */
  begin(zeros: readonly Counter[]): void;
};

/** The part of a log line that CloudWatch would read metrics from. */
const Embedding = z.looseObject({
  _aws: z.looseObject({
    CloudWatchMetrics: z.array(z.looseObject({ Metrics: z.array(z.looseObject({ Name: z.string() })) })),
  }),
});
const Values = z.union([z.number().transform((value) => [value]), z.array(z.number())]);
const Label = z.string();

/** As often as a reader may see a change. */
const WRITE_EVERY_MS = 500;

/**
 * Keeps counters in a file. Readers see only what the file has, so that a counter never falls back, even if this process is killed.
 *
 * @param file absolute. The sums of an earlier run go on; a file that cannot be read is begun anew.
 */
export async function keepCounters(
  file: string,
  { keep, onWarning }: { keep: boolean; onWarning: (line: string) => void },
): Promise<Counters> {
  const sums = new Map<string, Counter>();
  for (const counter of keep ? await readCounters(file, onWarning) : []) sums.set(keyOf(counter), counter);

  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    const content: CounterFile = { version: 1, counters: [...sums.values()] };
    const draft = `${file}.new`;
    try {
      await writeFile(draft, JSON.stringify(content));
      await rename(draft, file);
    } catch (error) {
      onWarning(`the counters of metrics could not be written: ${String(error)}`);
    }
  }

  function writeSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = (writing ?? Promise.resolve()).then(write);
    }, WRITE_EVERY_MS).unref();
  }

  await write();
  return {
    take(line) {
      const found = countersIn(line);
      for (const counter of found) {
        const before = sums.get(keyOf(counter)) ?? { value: 0, count: 0 };
        const value = before.value + counter.value;
        sums.set(keyOf(counter), { ...counter, value, count: before.count + counter.count });
      }
      if (found.length > 0) writeSoon();
    },
    begin(zeros) {
      for (const zero of zeros) if (!sums.has(keyOf(zero))) sums.set(keyOf(zero), zero);
      writeSoon();
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await writing;
      await write();
    },
  };
}

/** The counters and summaries that a log line of a function embeds. Gauges are in the ledger. */
export function countersIn(line: string): Counter[] {
  if (!line.includes('"_aws"')) return [];
  const embedding = embeddingIn(line);
  if (!embedding) return [];
  const { _aws: about, ...fields } = embedding;
  const names = about.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
  return names.flatMap((name): Counter[] => {
    const metric = allMetrics[name];
    const { success, data: values } = Values.safeParse(fields[name]);
    if (!metric || metric.kind === 'gauge' || !success) return [];
    const labels = metric.labels.map((label) => [label, Label.catch('').parse(fields[label])]);
    const value = values.reduce((sum, one) => sum + one, 0);
    return [{ name, labels: Object.fromEntries(labels), value, count: values.length }];
  });
}

function embeddingIn(line: string): z.output<typeof Embedding> | undefined {
  try {
    return Embedding.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

async function readCounters(file: string, onWarning: (line: string) => void): Promise<readonly Counter[]> {
  try {
    return CounterFile.parse(JSON.parse(await readFile(file, 'utf8'))).counters;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      onWarning('the counters of metrics could not be read, and begin again at zero');
    return [];
  }
}

function keyOf({ name, labels }: Pick<Counter, 'name' | 'labels'>): string {
  return JSON.stringify([name, labels]);
}
