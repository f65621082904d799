import { Session } from 'node:inspector/promises';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Said, Work } from '../worker.ts';
import type { FunctionRanges } from './counts.ts';

/** The work of a simulation worker, and the file of the built simulation that does it. */
export type CoveringWork = Work & { bundle: string };

const { bundle } = workerData as CoveringWork;
const url = pathToFileURL(bundle).href;

// Code has counters of its blocks only if it is compiled after this.
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
await import(url);
const { result } = await session.post('Profiler.takePreciseCoverage');
const functions: readonly FunctionRanges[] = result.find((script) => script.url === url)?.functions ?? [];
const said: Said = { kind: 'coverage', functions };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
parentPort?.postMessage(said);
session.disconnect();
