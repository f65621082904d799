import type { Chance } from './chance.ts';
import type { Fate } from './fate.ts';
import type { Scheduler } from './scheduler.ts';

/** One request of a process to the world outside: it takes a while, takes effect at one moment, and is answered at another. */
export type Operation<Value> = {
  label: string;
  /** Runs when the operation takes effect; what it throws is the answer. */
  effect: () => Value;
  /** Milliseconds until it takes effect, and from then to its answer. */
  takesMs: readonly [least: number, most: number];
  /** The possible mishaps, with rates; every operation knows `slow`. */
  mishaps?: Readonly<Record<string, number>>;
  /** The effect, where something goes wrong. */
  spoilt?: (mishap: string, effect: () => Value) => Value;
};

/** One run of a function: alive until it returns, is killed, or its time is over. Its promises never settle after that. */
export type Process = {
  name: string;
  isAlive(): boolean;
  run<Value>(operation: Operation<Value>): Promise<Value>;
  /** Lets something come about inside the process at a time, if it is alive then: later, if it stands still. */
  wake(atMs: number, run: () => void): () => void;
  /** The name under which the next operation's lots are drawn. */
  nextKey(label: string): string;
  kill(why: string): void;
  /** It has returned: what it has not waited for is done or not, and never goes on. */
  end(): void;
};

/** How far into a process it may be killed or frozen: operations. */
const DEPTH = 40;
const SHALLOW = 12;

/** How long a process may stand still between two steps, and go on. */
const STALLS_MS = [2_000, 6_000, 11_000, 14_000, 17_000, 25_000, 45_000];

export function createProcess(
  name: string,
  { scheduler, chance, fate, trace }: ProcessWorld,
  onKilled: (why: string) => void,
  isDoomed = false,
): Process {
  let alive = true;
  let operations = 0;
  let frozenUntilMs = 0;
  const doom = fate.decide(name, { 'killed-before': 0.06, 'killed-after': 0.06, frozen: 0.04 });
  const doomedAt = 1 + Math.floor((isDoomed ? SHALLOW : DEPTH) * chance.draw(`${name}/doom`) ** 2);

  function kill(why: string): void {
    if (!alive) return;
    alive = false;
    trace(name, `is killed: ${why}`);
    onKilled(why);
  }

  function wake(atMs: number, comeAbout: () => void): () => void {
    let cancel: () => void;
    const attempt = () => {
      if (!alive) return;
      if (frozenUntilMs > scheduler.now()) cancel = scheduler.at(frozenUntilMs, attempt);
      else comeAbout();
    };
    cancel = scheduler.at(atMs, attempt);
    return () => cancel();
  }

  function run<Value>(operation: Operation<Value>): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    // A dead process asks for nothing any more, and hears nothing.
    if (!alive) return promise;
    operations += 1;
    const own = operations;
    const key = `${name}/${own}`;
    const { label, effect, takesMs, spoilt, mishaps = {} } = operation;
    if ((own === doomedAt && doom === 'killed-before') || (isDoomed && own >= doomedAt)) {
      kill(`before ${label}`);
      return promise;
    }
    if (own === doomedAt && doom === 'frozen') {
      const forMs = chance.pick([5_000, 30_000, 120_000, 500_000, 1_500_000], `${name}/thaw`);
      frozenUntilMs = scheduler.now() + forMs;
      trace(name, `stands still for ${forMs / 1000} s before ${label}`);
    }
    const mishap = fate.isCalm() ? undefined : fate.decide(key, { slow: 0.01, ...mishaps });
    const slowMs = mishap === 'slow' ? chance.pick([1_000, 4_000, 12_000], `${key}/slow`) : 0;
    if (mishap !== undefined) trace(name, `${label}: ${mishap}${slowMs > 0 ? ` (${slowMs} ms)` : ''}`);
    if (!fate.isCalm() && fate.decide(`${key}/stall`, { stall: 0.0005 })) {
      const forMs = chance.pick(STALLS_MS, `${key}/stall`);
      frozenUntilMs = Math.max(frozenUntilMs, scheduler.now() + forMs);
      trace(name, `stands still for ${forMs / 1000} s before ${label}`);
    }
    const [least, most] = takesMs;
    const issuedAtMs = Math.max(scheduler.now(), frozenUntilMs);

    scheduler.at(
      issuedAtMs + chance.between(least, most, `${key}/there`) + slowMs,
      () => {
        // A request on its way when its process dies is done or not.
        if (!alive && chance.happens(0.5, `${key}/orphan`)) return;
        let answer: () => void;
        try {
          const value = mishap !== undefined && spoilt ? spoilt(mishap, effect) : effect();
          answer = () => resolve(value);
        } catch (error) {
          answer = () => reject(error);
        }
        if (own === doomedAt && doom === 'killed-after') {
          kill(`after ${label}`);
          return;
        }
        const dies = fate.isCalm() ? undefined : diesAfter(name, label);
        if (dies && alive && fate.decide(`${key}/dies`, { [dies]: 0.01 })) {
          kill(`after ${label}`);
          return;
        }
        wake(scheduler.now() + chance.between(least, most, `${key}/back`), answer);
      },
      false,
    );
    return promise;
  }

  return {
    name,
    isAlive: () => alive,
    run,
    wake,
    nextKey: () => {
      operations += 1;
      return `${name}/${operations}`;
    },
    kill,
    end() {
      alive = false;
    },
  };
}

/** The mishap of dying right after a write of a certain kind: between this one and the next. */
function diesAfter(name: string, label: string): string | undefined {
  if (label.startsWith('send ')) return 'dies-after-send';
  if (name.startsWith('poll-jobs#') && label.startsWith('put call#')) return 'dies-after-look';
  const written = /^put (call|remediation|node|pool|job)#/.exec(label)?.[1];
  return written && `dies-after-${written}`;
}

/** The surroundings of a process. */
export type ProcessWorld = {
  scheduler: Scheduler;
  chance: Chance;
  fate: Fate;
  trace: (who: string, what: string) => void;
};
