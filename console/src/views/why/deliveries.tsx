import { Time } from '../../parts/time.tsx';
import { sentence } from '../../sentences.ts';
import { addressOf } from '../../state/router.ts';
import type { Delivery, JournaledAlert } from '../../types.ts';

/** The received alerts, each with its outcome. */
export function Deliveries({ events, none }: { events: readonly Delivery[]; none: string }) {
  const lines = events.flatMap((event) => (event.alerts ?? []).map((alert) => ({ event, alert })));
  if (lines.length === 0) return <p class="dim">{none}</p>;
  return (
    <ul class="list">
      {lines.map(({ event, alert }, index) => (
        <li key={index}>
          <a href={addressOf(['why'], { q: alert.alert })}>{alertName(alert)}</a>
          <span class="dim">
            {alert.status}, from {event.sender ?? event.source}
          </span>
          <span class="small dim end">
            <Time at={event.at} />
          </span>
          <span class="full">
            <Outcome alert={alert} />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function alertName({ labels, alert }: JournaledAlert): string {
  return labels?.['alertname'] ?? alert;
}

/** The effect of an alert. */
function Outcome({ alert: { ignored, remediation, rule } }: { alert: JournaledAlert }) {
  if (ignored !== undefined) return <span class="dim">Without effect: {sentence(ignored)}</span>;
  if (remediation === undefined) return <span class="dim">Kept as evidence.</span>;
  return (
    <span>
      {rule !== undefined && `Rule ${rule} took it up: `}
      <a href={addressOf(['remediations', remediation])}>its remediation</a>
    </span>
  );
}
