import type { ActionDefinition } from '#lib/actions/action';
import type { Guard } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';

type Disrupting = Pick<
  ActionDefinition<Record<string, unknown>>,
  'disruptive' | 'disruptiveGuards' | 'guards'
>;

/** Whether a command takes its nodes out of service: then the pool's budget and the cooldown are kept. */
export function isDisruptive(
  { disruptive }: Pick<Disrupting, 'disruptive'>,
  remediation: Pick<Remediation, 'parameters'>,
): boolean {
  return disruptive?.(remediation) === true;
}

/** Everything that may stop a command: what its action asks of every command, and what it asks of those that are disruptive. */
export function guardsOf(action: Disrupting, remediation: Pick<Remediation, 'parameters'>): readonly Guard[] {
  const { guards, disruptiveGuards = [] } = action;
  return isDisruptive(action, remediation) ? [...guards, ...disruptiveGuards] : guards;
}
