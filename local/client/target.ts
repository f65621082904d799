import { firstToken, strongestToken } from '#lib/callers';
import { findRunningSystem, type RunningSystem } from './system-file.ts';

/** There is no system to send to. The message says what to do. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/** A system that runs on this machine. Facts that only `npm start` in this checkout gives may be absent. */
export type Target = Pick<RunningSystem, 'url' | 'webhookToken' | 'consoleToken'> &
  Partial<
    Pick<
      RunningSystem,
      'webhookTokenVariable' | 'consoleTokenVariable' | 'simulatorUrl' | 'smn' | 'sqs' | 'lambda'
    >
  >;

/**
 * The running system of this checkout, or the one that PORT and the tokens in the environment name.
 *
 * @throws TargetError when there is none
 */
export async function findTarget(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Target> {
  const { PORT, POOLKEEPER_WEBHOOK_TOKEN: webhook, POOLKEEPER_CONSOLE_TOKEN: console } = environment;
  const started = await findRunningSystem(root);
  const named = PORT && `http://127.0.0.1:${PORT}`;
  if (started && (!named || named === started.url)) return started;
  if (named && webhook && console) {
    return {
      url: named,
      webhookToken: firstToken(webhook),
      consoleToken: strongestToken(console),
      webhookTokenVariable: 'POOLKEEPER_WEBHOOK_TOKEN',
      consoleTokenVariable: 'POOLKEEPER_CONSOLE_TOKEN',
    };
  }
  throw new TargetError(
    'No system runs here. Start one with `npm start` in this checkout, or point to one with PORT, ' +
      'POOLKEEPER_WEBHOOK_TOKEN and POOLKEEPER_CONSOLE_TOKEN.',
  );
}
