import type { ActionDefinition } from '#lib/actions/action';
import { takesOutOfService } from '#lib/actions/traits';
import type { Guard } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';

type Guarded = Pick<ActionDefinition<Record<string, unknown>>, 'disruptiveGuards' | 'guards'>;

/** Everything that may stop a command: what its action asks of every command, and what it asks of those that are disruptive. */
export function guardsOf(
  { guards, disruptiveGuards = [] }: Guarded,
  remediation: Pick<Remediation, 'action' | 'parameters'>,
): readonly Guard[] {
  return takesOutOfService(remediation) ? [...guards, ...disruptiveGuards] : guards;
}
