import type { SeededRandom } from '../world/seeded-random.ts';
import type { Fault, FaultKind, FaultOf } from './fault.ts';

/** The subject that faults match against. */
export interface FaultSubject {
  readonly endpoint: string;
  readonly poolId?: string | undefined;
  readonly poolDisplayName?: string | undefined;
  readonly nodePool?: string | undefined;
  readonly nodes: readonly string[];
}

/** A fault in force. `remaining` counts down to 0; absent: it has no end. */
export interface ActiveFault {
  readonly id: string;
  readonly fault: Fault;
  readonly remaining?: number;
  /** Simulated milliseconds; absent when there is no such end. */
  readonly untilMs?: number;
}

export interface FaultList {
  list(): readonly ActiveFault[];
  /** Adds a fault after the others and returns its id. */
  add(fault: Fault): string;
  /** Removes one. False if none has this id. */
  remove(id: string): boolean;
  clear(): void;
  /** The first fault of one of these kinds that matches and happens this time. Uses it up by one. */
  take<Kind extends FaultKind>(kinds: readonly Kind[], subject: FaultSubject): FaultOf<Kind> | undefined;
}

const isOfKind = <Kind extends FaultKind>(fault: Fault, kinds: readonly Kind[]): fault is FaultOf<Kind> =>
  kinds.some((kind) => kind === fault.kind);

const matches = ({ match }: Fault, subject: FaultSubject): boolean =>
  (match.endpoint === undefined || match.endpoint === subject.endpoint) &&
  (match.pool === undefined || match.pool === subject.poolId || match.pool === subject.poolDisplayName) &&
  (match.nodePool === undefined || match.nodePool === subject.nodePool) &&
  (match.node === undefined || subject.nodes.includes(match.node));

/** @param nowMs simulated time. */
export const createFaultList = (random: SeededRandom, nowMs: () => number): FaultList => {
  let active: ActiveFault[] = [];
  let added = 0;
  let draws = 0;

  const happens = (fault: Fault): boolean => {
    if (fault.probability >= 1) return true;
    draws += 1;
    return random.uniform('fault', draws) < fault.probability;
  };

  const useUp = (used: ActiveFault): void => {
    if (used.remaining === undefined) return;
    const left = { ...used, remaining: used.remaining - 1 };
    active = active.flatMap((entry) => (entry !== used ? [entry] : left.remaining > 0 ? [left] : []));
  };

  const forgetThoseOver = (): void => {
    const now = nowMs();
    active = active.filter(({ untilMs = Number.POSITIVE_INFINITY }) => now < untilMs);
  };

  return {
    list() {
      forgetThoseOver();
      return active;
    },
    add(fault) {
      added += 1;
      const id = `fault-${added}`;
      active.push({
        id,
        fault,
        ...(fault.count !== undefined && { remaining: fault.count }),
        ...(fault.lastsSeconds !== undefined && { untilMs: nowMs() + fault.lastsSeconds * 1000 }),
      });
      return id;
    },
    remove(id) {
      const before = active.length;
      active = active.filter((entry) => entry.id !== id);
      return active.length < before;
    },
    clear() {
      active = [];
    },
    take(kinds, subject) {
      forgetThoseOver();
      for (const entry of active) {
        if (isOfKind(entry.fault, kinds) && matches(entry.fault, subject) && happens(entry.fault)) {
          useUp(entry);
          return entry.fault;
        }
      }
      return undefined;
    },
  };
};
