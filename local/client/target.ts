import type { RunningSystem } from './system-file.ts';

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
