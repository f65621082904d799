import { SLOW_MS } from '../../data.ts';
import { Panel } from '../../parts/panel.tsx';
import { useResource } from '../../state/resource.ts';
import { addressOf } from '../../state/router.ts';
import { spanText } from '../../text/time.ts';
import { stateWords } from '../../text/words.ts';

type Quantiles = { count: number; p50?: number; p95?: number };

type Group = {
  key: string | null;
  total: number;
  outcomes: Readonly<Record<string, number>>;
  seconds?: Readonly<Record<string, Quantiles | undefined>>;
  resolvedByItself?: number;
};

/** How well each rule works: the outcomes of the last week, and the time to a healthy node. */
export function Stats() {
  const groups = useResource<{ groups: Group[] }>('/stats?by=rule', SLOW_MS).value.value?.groups;
  if (!groups || groups.length === 0) return null;
  return (
    <Panel title="The last week, by rule">
      <ul class="list">
        {groups.slice(0, 20).map(({ key, total, outcomes, seconds }) => (
          <li key={key}>
            {key === null ? (
              <span>commands without a rule</span>
            ) : (
              <a href={addressOf(['remediations'], { rule: key, since: '7d' })}>{key}</a>
            )}
            <span class="dim">{total} in all</span>
            <span class="row end">
              {Object.entries(outcomes).map(([state, count]) => (
                <span key={state} class={`badge tint-${stateWords(state).tint}`}>
                  {count} {stateWords(state).word}
                </span>
              ))}
            </span>
            <Pace healthy={seconds?.['toHealthy']} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Pace({ healthy }: { healthy: Quantiles | undefined }) {
  if (healthy?.p50 === undefined) return null;
  return (
    <span class="small dim full">
      Healthy after {spanText(healthy.p50 * 1_000)} in half of the cases
      {healthy.p95 !== undefined && `, and after ${spanText(healthy.p95 * 1_000)} in 19 of 20`}.
    </span>
  );
}
