import type { Mode } from '../mode.ts';
import type { FaultRow, Step } from './row.ts';

/** The settings under `pack` that the ladders depend on. */
export type LadderSettings = { resets?: 'act' | 'approve'; quarantine?: string | undefined };

/** A rung as it stands in a rules file. */
type WrittenRung = Record<string, unknown>;

const VERIFY = { healthyFor: '2m', within: '45m' };

/**
 * The ladder of a row. No rung is more destructive than Huawei's advice, unless the user asks for it:
 *
 * - The API has no restart among Poolkeeper's actions, and a reset wipes the node. So a reset in place of a restart waits for a
 *   person, unless `resets` is `act`.
 * - A node leaves its pool only if the user names a pool for that.
 */
export function ladderOf(row: FaultRow, { resets = 'approve', quarantine }: LadderSettings): WrittenRung[] {
  const reset = { 'reset-nodes': {}, verify: VERIFY, mode: resets };
  const leave = quarantine && {
    'migrate-nodes': { toPoolName: quarantine, resourceSpec: { flavor: 'same' } },
  };
  const rungs: Record<Step, readonly (WrittenRung | '' | undefined)[]> = {
    restart: [reset, noticeOf(row, 'critical'), leave],
    'take-out': [noticeOf(row, 'critical'), leave],
    person: [noticeOf(row, row.level === 'Critical' ? 'critical' : 'warning')],
    record: [noticeOf(row, 'info')],
  };
  return rungs[row.step].filter((rung) => rung !== '' && rung !== undefined);
}

/** The mode of a row's rule: a row without anything to do is recorded, and sends no notice. */
export function modeOf({ step }: FaultRow, mode: Mode): Mode {
  return step === 'record' ? 'observe' : mode;
}

function noticeOf({ detects, advice }: FaultRow, severity: string): WrittenRung {
  return { notify: { severity, note: `${detects} Huawei's advice: ${advice}` } };
}
