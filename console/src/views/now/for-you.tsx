import { CALM_MS, poolName, stillMatters, useDeadLetters, useInState } from '../../data.ts';
import { Panel } from '../../parts/panel.tsx';
import { Time } from '../../parts/time.tsx';
import { addressOf } from '../../state/router.ts';
import { type Tint, titleOf, verbOf } from '../../text/words.ts';

/** One thing that a person must decide or do. */
export type ForYouItem = {
  key: string;
  kind: string;
  tint: Tint;
  text: string;
  href: string;
  at: string | undefined;
  pool?: string | undefined;
};

/** All that waits for a person: approvals, remediations that need one, dead letters. */
export function useForYou(): readonly ForYouItem[] {
  const approvals = useInState('awaiting-approval', CALM_MS) ?? [];
  const persons = useInState('needs-human', CALM_MS) ?? [];
  const letters = useDeadLetters().value.value?.deadLetters ?? [];
  return [
    ...approvals.map((one) => ({
      key: one.id,
      kind: 'approve',
      tint: 'violet' as const,
      text: titleOf(one),
      href: addressOf(['waiting']),
      at: one.stateSince,
      pool: one.pool,
    })),
    ...persons
      .filter((one) => stillMatters(one) !== false)
      .map((one) => ({
        key: one.id,
        kind: 'repair',
        tint: 'red' as const,
        text: `${titleOf(one).replace(verbOf(one.action), '').trim()}: ${verbOf(one.action).toLowerCase()} did not help`,
        href: addressOf(['remediations', one.id]),
        at: one.stateSince,
        pool: one.pool,
      })),
    ...letters.map((one) => ({
      key: one.id,
      kind: 'dead letter',
      tint: 'amber' as const,
      text: one.function ?? one.queue ?? 'a message',
      href: addressOf(['waiting']),
      at: one.at,
    })),
  ];
}

const MOST = 5;

export function ForYou({ items }: { items: readonly ForYouItem[] }) {
  const shown = items.slice(0, MOST);
  return (
    <Panel title="What is waiting for me?" aside={items.length > 0 ? items.length : undefined}>
      {items.length === 0 && <p class="dim">Nothing. No approval, no repair and no dead letter waits.</p>}
      <ul class="list">
        {shown.map(({ key, kind, tint, text, href, at, pool }) => (
          <li key={key}>
            <span class={`badge tint-${tint}`}>{kind}</span>
            <a class="grow" href={href}>
              {text}
            </a>
            <span class="small dim">
              {pool !== undefined && `${poolName(pool)}, `}
              <Time at={at} />
            </span>
          </li>
        ))}
      </ul>
      {items.length > shown.length && <a href={addressOf(['waiting'])}>{items.length - shown.length} more</a>}
    </Panel>
  );
}
