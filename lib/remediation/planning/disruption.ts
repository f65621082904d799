import type { ActionDefinition } from '#lib/actions/action';
import { takesOutOfService } from '#lib/actions/traits';
import type { Guard } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';

type Guarded = Pick<ActionDefinition<Record<string, unknown>>, 'disruptiveGuards' | 'guards'>;

/** The guards of a command: those of its action, and for a disruptive command also those against too much disruption. */
export function guardsOf(
  { guards, disruptiveGuards = [] }: Guarded,
  remediation: Pick<Remediation, 'action' | 'parameters'>,
): readonly Guard[] {
  return takesOutOfService(remediation) ? [...guards, ...disruptiveGuards] : guards;
}
