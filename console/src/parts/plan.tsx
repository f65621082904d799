import { deletionOf, plannedChanges } from '#lib/sentences/plan-text';
import { counted } from '../text/words.ts';
import type { Plan } from '../types.ts';

/** The changes of a plan: the old and the new value of each field, or what it deletes. */
export function PlanChanges({ plan }: { plan: Plan }) {
  const deletion = deletionOf(plan.changes);
  if (deletion) return <Deletion {...deletion} />;
  const changes = plannedChanges(plan.changes);
  if (changes.length === 0) return <p class="dim">The plan lists no single changes: see its request.</p>;
  return (
    <div class="table-wrap" tabIndex={0} role="region" aria-label="Changes">
      <table class="diff">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Now</th>
            <th scope="col">Afterwards</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ field, from, to, reaches }) => (
            <tr key={field}>
              <th scope="row" class="mono">
                {field}
              </th>
              <td class="from">− {from}</td>
              <td class="to">
                + {to}
                {reaches !== undefined && <span class="dim"> ({reaches})</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Deletion({
  deletes,
  nodes,
  workloads,
}: {
  deletes: string;
  nodes: readonly string[];
  workloads: readonly string[];
}) {
  return (
    <div class="stack">
      <p>
        Deletes the node pool <strong>{deletes}</strong> with its{' '}
        <strong>{counted(nodes.length, 'node')}</strong>. The nodes and their disks are gone afterwards.
      </p>
      {workloads.length > 0 && (
        <p class="note tint-red">
          {counted(workloads.length, 'workload')} run on them and end with them: {workloads.join(', ')}
        </p>
      )}
      {nodes.length > 0 && (
        <details>
          <summary class="small">The {counted(nodes.length, 'node')}</summary>
          <p class="mono small dim">{nodes.join(', ')}</p>
        </details>
      )}
    </div>
  );
}

/** The request of a plan, as it is sent. */
export function PlanRequest({ plan }: { plan: Plan }) {
  return (
    <details>
      <summary class="small dim">The request as it is sent</summary>
      <pre class="raw" tabIndex={0}>
        {JSON.stringify(plan.request, null, 2)}
      </pre>
    </details>
  );
}
