import { zoneOf } from '../../data.ts';
import { Panel } from '../../parts/panel.tsx';
import { Said } from '../../parts/said.tsx';
import { addressOf } from '../../state/router.ts';
import type { Remediation } from '../../types.ts';

/** The nodes of a remediation, each with its outcome so far. */
export function Targets({
  remediation: { nodes = [], nodeStates = {}, pool, node },
}: {
  remediation: Remediation;
}) {
  const named = nodes.length > 0 ? nodes : node === undefined ? [] : [node];
  if (named.length === 0) return null;
  return (
    <Panel title={named.length === 1 ? 'Node' : 'Nodes'} aside={named.length > 1 ? named.length : undefined}>
      <ul class="list">
        {named.slice(0, 50).map((name) => {
          const outcome = nodeStates[name];
          return (
            <li key={name}>
              <a class="grow" href={addressOf(['nodes', name], { pool })}>
                {name}
              </a>
              {outcome && <span class="dim">{outcome.state}</span>}
              {outcome?.why !== undefined && (
                <span class="small dim full">
                  <Said text={outcome.why} zone={zoneOf(pool)} />
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {named.length > 50 && <p class="small dim">{named.length - 50} more are in the raw JSON.</p>}
    </Panel>
  );
}
