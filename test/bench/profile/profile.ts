import { readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import path from 'node:path';
import * as z from 'zod';
import { root } from '#test/meta/serverless-declaration';
import { type Candidate, liveOnce } from '../cold/cold-start.ts';
import { partOf } from '../cold/sizes-of-parts.ts';
import type { StandIns } from '../world/stand-ins.ts';

/** The share of the CPU time that a part of the code has, in its own functions. */
export type PartTime = { part: string; ms: number; share: number };

const Profile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
        columnNumber: z.number(),
      }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/**
 * Profiles a function's events, and adds up the time by packages and rooms.
 *
 * @param from the first event of the profile: 0 for the cold one
 * @param to the first event after it
 */
export async function profileOf(
  candidate: Candidate,
  { from, to, folder }: { from: number; to: number; folder: string },
  standIns: StandIns,
): Promise<PartTime[]> {
  const file = path.join(folder, `${candidate.name}-${from}.cpuprofile`);
  await liveOnce(candidate, { events: to, folder, profile: { from, file } }, standIns);
  const { nodes, samples, timeDeltas } = Profile.parse(JSON.parse(await readFile(file, 'utf8')));
  const map = new SourceMap(JSON.parse(await readFile(`${candidate.file}.map`, 'utf8')));
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOfFrame(callFrame, map, candidate.file)]));

  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const part = parts.get(id) ?? 'unknown';
    if (part === '(idle)' || part === 'Node.js node:inspector') continue;
    times.set(part, (times.get(part) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  }
  const sum = [...times.values()].reduce((total, ms) => total + ms, 0);
  return Array.from(times, ([part, ms]) => ({ part, ms: ms / (to - from), share: ms / sum })).toSorted(
    (a, b) => b.ms - a.ms,
  );
}

/** The first event of a cold process, and events of a hot one. */
export async function benchProfiles(candidate: Candidate, folder: string, standIns: StandIns) {
  return {
    first: await profileOf(candidate, { from: 0, to: 1, folder }, standIns),
    hot: await profileOf(candidate, { from: 20, to: 40, folder }, standIns),
  };
}

type Frame = { functionName: string; url: string; lineNumber: number; columnNumber: number };

function partOfFrame(frame: Frame, map: SourceMap, bundle: string): string {
  const { functionName, url, lineNumber, columnNumber } = frame;
  if (url.startsWith('node:inspector')) return 'Node.js node:inspector';
  if (functionName === '(idle)' || functionName === '(garbage collector)') return functionName;
  // Its modules in JavaScript and in C++.
  if (!url.includes(path.basename(bundle))) return 'Node.js itself';
  const { originalSource = '' } = map.findEntry(lineNumber, columnNumber) as { originalSource?: string };
  return partOf(path.relative(root, path.resolve(path.dirname(bundle), originalSource)));
}
