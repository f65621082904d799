import { findDeadLetters } from './redrive/find-dead-letters.ts';
import { type Orders, redrive } from './redrive/redrive.ts';
import type { Screen } from './screen/screen.ts';

export type RedriveOptions = {
  /** The folder of the running system's data. */
  root: string;
  /** A deployment on AWS in place of the running system. */
  stage?: string | undefined;
  orders: Orders;
  environment: Readonly<Record<string, string | undefined>>;
  screen: Screen;
};

/**
 * Shows every dead letter of a system, and carries out the orders.
 *
 * @returns the orders that failed, one sentence each
 * @throws TargetError if there is no such system
 */
export async function redriveLetters({
  root,
  stage,
  orders,
  environment,
  screen,
}: RedriveOptions): Promise<string[]> {
  const source = await findDeadLetters(root, stage, environment);
  screen.line(`Dead letters of ${source.name}`);
  screen.line();
  try {
    return await redrive(source, orders, screen);
  } finally {
    source.sqs.destroy();
  }
}
