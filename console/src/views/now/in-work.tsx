import { poolName } from '../../data.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Steps } from '../../parts/steps.tsx';
import { Time } from '../../parts/time.tsx';
import { addressOf } from '../../state/router.ts';
import { counted, titleOf } from '../../text/words.ts';
import type { Remediation } from '../../types.ts';

const MOST = 5;

type InWorkProps = { inWork: readonly Remediation[]; waiting: readonly Remediation[]; isKnown: boolean };

export function InWork({ inWork, waiting, isKnown }: InWorkProps) {
  const shown = inWork.slice(0, MOST);
  const left = inWork.length - shown.length;
  return (
    <Panel title="What is being done?" aside={inWork.length > 0 ? inWork.length : undefined}>
      {shown.length === 0 && (
        <p class="dim">{isKnown ? 'Nothing: no remediation is in progress.' : 'Not known yet.'}</p>
      )}
      <ul class="list">
        {shown.map((remediation) => (
          <li key={remediation.id}>
            <a class="grow" href={addressOf(['remediations', remediation.id])}>
              {titleOf(remediation)}
            </a>
            <StateBadge state={remediation.state} />
            <span class="small dim full row">
              <span>
                {poolName(remediation.pool)}
                {remediation.ladder !== undefined && `, rung ${remediation.ladder.rung + 1}`}, since{' '}
                <Time at={remediation.createdAt} />
              </span>
              <span class="end">
                <Steps remediation={remediation} />
              </span>
            </span>
          </li>
        ))}
      </ul>
      {(left > 0 || waiting.length > 0) && (
        <p class="row small">
          {left > 0 && <a href={addressOf(['remediations'], { show: 'active' })}>{left} more in progress</a>}
          {waiting.length > 0 && (
            <a href={addressOf(['remediations'], { state: 'deferred' })}>
              {counted(waiting.length, 'command')} {waiting.length === 1 ? 'waits' : 'wait'}
            </a>
          )}
        </p>
      )}
    </Panel>
  );
}
