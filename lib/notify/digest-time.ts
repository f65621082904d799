import type { NotifyTarget } from '#lib/rules/rules';

/** How long a recipient's list takes notices, in milliseconds. 0: each notice is a message of its own. */
export function digestOf(target: NotifyTarget): number {
  return 'digest' in target ? target.digest : 0;
}
