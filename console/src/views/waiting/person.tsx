import { isRecord } from '#lib/is-record';
import { poolName, zoneOf } from '../../data.ts';
import { Confirm, useAct } from '../../parts/act.tsx';
import { ProblemNote } from '../../parts/note.tsx';
import { Said } from '../../parts/said.tsx';
import { Time } from '../../parts/time.tsx';
import { sentence } from '../../sentences.ts';
import { addressOf, routeOf } from '../../state/router.ts';
import { titleOf } from '../../text/words.ts';
import type { Remediation } from '../../types.ts';

/** A remediation that needs a person: the attempts, and the things to look at. */
export function Person({ remediation }: { remediation: Remediation }) {
  const { id, pool, why, stateSince, nodes = [] } = remediation;
  return (
    <article class="panel card" aria-label={titleOf(remediation)}>
      <div class="row">
        <h3>
          <a href={addressOf(['remediations', id])}>{titleOf(remediation)}</a>
        </h3>
        <span class="dim">{poolName(pool)}</span>
        <span class="small dim end">
          <Time at={stateSince} zone={zoneOf(pool)} />
        </span>
      </div>
      <p>
        <Said text={why} zone={zoneOf(pool)} />
      </p>
      <Handover remediation={remediation} />
      <div class="row">
        {nodes.slice(0, 3).map((node) => (
          <a key={node} class="button" href={addressOf(['nodes', node], { pool })}>
            Node {node}
          </a>
        ))}
        <ReleaseButton id={id} />
      </div>
    </article>
  );
}

/** The attempts, and the things to look at, from the end of a ladder. */
export function Handover({ remediation: { receipts } }: { remediation: Remediation }) {
  const handover = receipts.findLast((receipt) => receipt.step === 'handover');
  if (!handover) return null;
  const { rungs, lookAt } = handover;
  return (
    <div class="tried">
      {rungs.length > 0 && (
        <div>
          <strong class="label">Tried</strong>
          <ol>
            {rungs.map((rung, index) => (
              <li key={index}>{rungText(rung)}</li>
            ))}
          </ol>
        </div>
      )}
      {lookAt.length > 0 && (
        <div>
          <strong class="label">Look at</strong>
          <ul>
            {lookAt.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function rungText(rung: unknown): string {
  if (!isRecord(rung)) return sentence(String(rung));
  const { action = 'an action', result = 'without a result' } = rung;
  return sentence(`${String(action)}: ${String(result)}`);
}

/** States that nothing works on the nodes any more. */
export function ReleaseButton({ id }: { id: string }) {
  const act = useAct('POST', routeOf(['remediations', id, 'release']));
  return (
    <>
      <Confirm
        needs="approve"
        act={act}
        question="Does nothing work on its nodes any more?"
        yes="Yes, release the nodes"
      >
        Release its nodes
      </Confirm>
      {act.isDone && <span class="dim">Released.</span>}
      <ProblemNote problem={act.problem} />
    </>
  );
}
