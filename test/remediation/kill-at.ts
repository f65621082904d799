import type { Queue } from '#lib/aws/queue';
import type { Store } from '#lib/ledger/store';
import type { ModelArtsClient } from '#lib/modelarts/client/client';

/** The parts of a bench through which its processes act. */
type Killable = {
  store: Pick<Store, 'put' | 'putMany' | 'remove'>;
  services: {
    follow: Queue;
    commands: Readonly<Record<string, Queue>>;
    notices?: Queue;
    modelarts: (options: object) => ModelArtsClient;
  };
};

/** A process that dies at one of its steps. */
export type Mortal = {
  /** Whether it came to that step. */
  hasDied: () => boolean;
  /** Another process takes its place, which dies no more. */
  revive: () => void;
};

/**
 * Lets the processes of a bench die at step number `dieAt`, counted from 1, right before it or right after it. A step is a write
 * to the ledger, a message, or a request that is not a GET. A dead process does nothing any more, not
 * even the rest of work that it had begun.
 */
export function killAt(
  { store, services }: Killable,
  dieAt: number,
  moment: 'before' | 'after' = 'before',
): Mortal {
  let steps = 0;
  let isAlive = true;
  const undo: (() => void)[] = [];

  function wrap<Key extends string>(
    target: Record<Key, (...args: any[]) => Promise<any>>,
    key: Key,
    isStep: (...args: any[]) => boolean = () => true,
  ): void {
    const done = target[key];
    target[key] = async (...args) => {
      if (isAlive && isStep(...args)) {
        steps += 1;
        if (steps === dieAt) {
          if (moment === 'after') await done.apply(target, args);
          isAlive = false;
        }
      }
      if (!isAlive) throw new Error('killed');
      return done.apply(target, args);
    };
    undo.push(() => {
      target[key] = done;
    });
  }

  wrap(store, 'put');
  wrap(store, 'putMany');
  wrap(store, 'remove');
  const { follow, commands, notices } = services;
  for (const queue of new Set([follow, ...Object.values(commands), ...(notices ? [notices] : [])]))
    wrap(queue, 'send');
  wrap(services.modelarts({}), 'send', ({ method }: { method: string }) => method !== 'GET');

  return {
    hasDied: () => !isAlive,
    revive() {
      isAlive = true;
      for (const restore of undo) restore();
    },
  };
}
