import { ActButton, useAct } from '../../parts/act.tsx';
import { ProblemNote } from '../../parts/note.tsx';
import { Panel } from '../../parts/panel.tsx';
import { type Simulated, TROUBLES, type Trouble } from './simulated.ts';

/** Disturbs the API, and shows the faults in force. */
export function Faults({ state }: { state: Simulated }) {
  const { faults, settings } = state;
  return (
    <Panel title="Disturb the API" aside={faults.length > 0 ? `${faults.length} in force` : undefined}>
      <ul class="list">
        {TROUBLES.map((trouble) => (
          <Offer key={trouble.name} trouble={trouble} />
        ))}
      </ul>
      {settings.clockDriftSeconds !== 0 && (
        <p class="note tint-amber">
          The clock of the API is {settings.clockDriftSeconds / 60} minutes ahead.
        </p>
      )}
      {faults.length > 0 && (
        <ul class="list" aria-label="Faults in force">
          {faults.map((fault) => (
            <InForce key={fault.id} fault={fault} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Offer({ trouble: { name, shows, method, path, body } }: { trouble: Trouble }) {
  const act = useAct(method, path);
  return (
    <li class="offer">
      <ActButton needs="command" act={act} body={body}>
        {name}
      </ActButton>
      <span class="dim grow">{shows}</span>
      <ProblemNote problem={act.problem} />
    </li>
  );
}

function InForce({ fault: { id, kind, match, remaining } }: { fault: Simulated['faults'][number] }) {
  const act = useAct('DELETE', `/simulator/faults/${encodeURIComponent(id)}`);
  const at = Object.values(match).join(', ');
  return (
    <li>
      <span class="badge tint-amber">{kind}</span>
      <span class="dim grow">
        {at === '' ? 'every request' : at}
        {remaining !== null && `, ${remaining} more`}
      </span>
      <ActButton needs="command" act={act}>
        Remove
      </ActButton>
    </li>
  );
}
