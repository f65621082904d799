import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

/** The result of earlier runs for one fault. */
const Known = z.object({
  name: z.string(),
  /** The hash of the code and the fault: a result for other code is only a hint. */
  of: z.string(),
  /** So many worlds were run, from the first on. */
  worlds: z.number(),
  seconds: z.number(),
  /** The world that finds it, and the promise that it breaks there. */
  seed: z.number().optional(),
  found: z.string().optional(),
  /** A world that found it in other code, as long as it has not been tried in this one. */
  hint: z.number().optional(),
  /** Whether the test that holds it has failed with it. */
  isHeld: z.boolean().optional(),
});
export type Known = z.infer<typeof Known>;

const FILE = path.resolve(import.meta.dirname, '../../../.simulation-faults/known.json');

/** The results of earlier runs, by the fault's name. */
export function readKnown(): Map<string, Known> {
  let text: string;
  try {
    text = readFileSync(FILE, 'utf8');
  } catch {
    return new Map();
  }
  const known = z.array(Known).safeParse(JSON.parse(text));
  return new Map((known.data ?? []).map((one) => [one.name, one]));
}

/** Keeps what is known, so that a run that is stopped can go on. */
export function writeKnown(known: ReadonlyMap<string, Known>): void {
  mkdirSync(path.dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify([...known.values()], undefined, 1));
}
