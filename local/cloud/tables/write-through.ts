import { createRequire } from 'node:module';
import * as z from 'zod';

/** The writing operations of a LevelDB, each with options as its last argument. */
const OPERATIONS = ['_put', '_del', '_batch'] as const;

type Operation = (this: unknown, ...args: unknown[]) => unknown;

const Prototype = z.record(z.string(), z.unknown());
const isOperation = (value: unknown): value is Operation => typeof value === 'function';

/** Hear of a failed write, by the directory of the database. */
const listeners = new Map<string, (error: unknown) => void>();

let isDone = false;

/**
 * From now on each write of a LevelDB in this process is on the disk before it is confirmed, so that a power failure loses no intent of a
 * call. dynalite opens its database with no such option.
 *
 * @param onFailure hears of a failed write of the database in this directory, and must keep every answer from the senders: dynalite, which
 * would throw an exception that no caller can catch, goes on as if the write had succeeded
 */
export function writeThrough(directory: string, onFailure: (error: unknown) => void): void {
  listeners.set(directory, onFailure);
  if (isDone) return;
  isDone = true;
  const level: unknown = createRequire(import.meta.resolve('dynalite'))('level');
  const prototype = prototypeOf(level);
  for (const name of OPERATIONS) {
    const write: unknown = Reflect.get(prototype, name);
    if (!isOperation(write))
      throw new Error(`the LevelDB of dynalite has no ${name}: adapt ${import.meta.filename}`);
    const synced: Operation = async function synced(this: unknown, ...args) {
      const options = args.pop();
      try {
        return await Reflect.apply(write, this, [
          ...args,
          { ...Prototype.catch({}).parse(options), sync: true },
        ]);
      } catch (error) {
        const onFailed = listeners.get(locationOf(this));
        if (!onFailed) throw error;
        onFailed(error);
        return undefined;
      }
    };
    Reflect.set(prototype, name, synced);
  }
}

function prototypeOf(level: unknown): object {
  const made: unknown = typeof level === 'object' && level !== null ? Reflect.get(level, 'Level') : undefined;
  const prototype: unknown = typeof made === 'function' ? made.prototype : undefined;
  if (typeof prototype !== 'object' || prototype === null)
    throw new Error(`dynalite has no LevelDB of its own: adapt ${import.meta.filename}`);
  return prototype;
}

/** The directory of a database. */
function locationOf(database: unknown): string {
  return String(Reflect.get(Object(database), 'location'));
}
