import { setTimeout as delay } from 'node:timers/promises';
import { createFileLook } from './file-look.ts';
import { createRulesKeeper, type KeeperOptions } from './rules-keeper.ts';

/** A person who saves the file sees the answer within a second. Each comparison is one `stat`. */
const LOOK_EVERY_MS = 250;

export type FollowOptions = KeeperOptions & {
  /** The absolute path of the rules file. */
  path: string;
  signal: AbortSignal;
};

/**
 * Follows the rules file until the signal aborts, and then rejects. No other file belongs to the rules: packs are a part of Poolkeeper.
 */
export async function followRules({ path, signal, ...options }: FollowOptions): Promise<never> {
  const look = createFileLook(path, options.inForce.version);
  const consider = createRulesKeeper(options);
  for (;;) {
    const change = await look();
    if (change) await consider(change);
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
