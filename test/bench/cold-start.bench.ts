import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { bundleFunctions } from '#local/build/bundle';
import rules from '#test/bundled-rules';
import { root } from '#test/meta/serverless-declaration';
import { median } from './median.ts';
import { startStandIns, token } from './stand-ins.ts';

const run = promisify(execFile);
const Result = z.object({ loadMs: z.number(), firstMs: z.number(), answer: z.unknown() });
const Json = z.record(z.string(), z.unknown());

/** Of every request that API Gateway passes on. */
const requestContext = { http: { sourceIp: '127.0.0.1' } };

/** A new event for a function, of the kind that it gets most: a sample from `events/`, as if it had just happened. */
async function eventFor(name: string): Promise<object | undefined> {
  const authorization = `Bearer ${token}`;
  if (name === 'console')
    return { routeKey: 'GET /remediations', requestContext, headers: { authorization } };
  if (name === 'receive-alert') {
    const sample = await readSample('alert-by-address');
    const alerts = z.array(Json).parse(sample?.['alerts']);
    const startsAt = new Date().toISOString();
    const body = JSON.stringify({ ...sample, alerts: alerts.map((alert) => ({ ...alert, startsAt })) });
    const pathParameters = { source: 'alertmanager' };
    return {
      routeKey: 'POST /alerts/{source}',
      requestContext,
      pathParameters,
      headers: { authorization },
      body,
    };
  }
  const message =
    name === 'poll-jobs'
      ? {
          callId: 'none',
          pool: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036',
          probe: { kind: 'lost-call' },
          look: 0,
          dueAt: new Date().toISOString(),
        }
      : await readSample(`command-${name}`);
  if (!message) return undefined;
  // Observed: everything is read and judged, and nothing is changed that the next run would meet.
  const observed = name === 'poll-jobs' ? {} : { id: randomUUID(), mode: 'observe', evidenceAt: new Date() };
  const attributes = { SentTimestamp: String(Date.now()), ApproximateReceiveCount: '1' };
  return {
    Records: [
      {
        messageId: randomUUID(),
        body: JSON.stringify({ ...message, ...observed }),
        attributes,
        messageAttributes: {},
      },
    ],
  };
}

async function invokeOnce(name: string, env: Record<string, string>) {
  const script = path.join(import.meta.dirname, 'one-invocation.cjs');
  const ended = await run(process.execPath, [script], { env }).catch((error: unknown) => ({ error }));
  if (!('error' in ended)) return ended;
  const { error } = ended;
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  // A stack trace shows the line of a bundle, which has all of its code.
  throw new Error(`${name} died over its event: ${said.slice(0, 1000)}`);
}

async function readSample(name: string): Promise<Record<string, unknown> | undefined> {
  const file = path.join(root, 'events', `${name}.json`);
  return existsSync(file) ? Json.parse(JSON.parse(await readFile(file, 'utf8'))) : undefined;
}

export type ColdStart = {
  function: string;
  KB: number;
  'load ms': number;
  'first event ms': number;
  'cold start ms': number;
};

/**
 * Measures each function's cold start: from before its bundle is loaded until its first event is handled, in fresh
 * processes, against stand-ins on this machine. Medians of `runs` interleaved runs, beside a handler that does nothing.
 *
 * @throws Error when a function does not handle its event
 */
export async function benchColdStart(runs: number): Promise<ColdStart[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-bench-'));
  await using standIns = await startStandIns();
  try {
    const bundles = await bundleFunctions(root, folder, rules);
    await writeFile(path.join(folder, 'dist/nothing.cjs'), 'exports.handler = async () => ({});');
    const results = new Map<string, { totalMs: number[]; loadMs: number[] }>();

    for (let number = 0; number < runs; number += 1) {
      for (const name of ['nothing', ...bundles.map((bundle) => bundle.name)]) {
        const event = name === 'nothing' ? {} : await eventFor(name);
        if (!event) continue;
        const bundle = path.join(folder, `dist/${name}.cjs`);
        const { stdout, stderr } = await invokeOnce(name, {
          ...standIns.environment,
          LAMBDA_TASK_ROOT: folder,
          BENCH_INVOCATION: JSON.stringify({ bundle, event }),
        });
        const { loadMs, firstMs, answer } = Result.parse(JSON.parse(stdout));
        if (/"statusCode":[45]|"itemIdentifier"/.test(JSON.stringify(answer)))
          throw new Error(`${name} did not handle its event: ${JSON.stringify(answer)}\n${stderr}`);
        const measured = results.get(name) ?? { totalMs: [], loadMs: [] };
        measured.totalMs.push(loadMs + firstMs);
        measured.loadMs.push(loadMs);
        results.set(name, measured);
      }
    }

    const kilobytes = new Map(bundles.map(({ name, bytes }) => [name, Math.ceil(bytes / 1024)]));
    return Array.from(results, ([name, { totalMs, loadMs }]) => ({
      function: name,
      KB: kilobytes.get(name) ?? 0,
      'load ms': Number(median(loadMs).toFixed(1)),
      'first event ms': Number((median(totalMs) - median(loadMs)).toFixed(1)),
      'cold start ms': Number(median(totalMs).toFixed(1)),
    }));
  } finally {
    await rm(folder, { recursive: true });
  }
}
