import type { ComponentChildren } from 'preact';
import { zoneOf } from '../../data.ts';
import { Icon } from '../../parts/icon.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Said } from '../../parts/said.tsx';
import { Time } from '../../parts/time.tsx';
import { addressOf } from '../../state/router.ts';
import { counted } from '../../text/words.ts';
import type { Pool } from '../../types.ts';

/** One thing that is wrong in a pool. */
export type WrongItem = { key: string; pool: Pool; text: ComponentChildren; isGrave: boolean };

/** All that is wrong in a pool, the gravest first. */
export function wrongIn(pool: Pool): WrongItem[] {
  const { id, failing, breaker, storm, slowed, budget, nodes, window, windows } = pool;
  const zone = zoneOf(id);
  const items: WrongItem[] = [];
  const add = (name: string, text: ComponentChildren, isGrave = true): void => {
    items.push({ key: `${id}-${name}`, pool, text, isGrave });
  };
  if (failing) {
    add(
      'failing',
      <>
        No good reading since <Time at={failing.since} zone={zone} />: <Said text={failing.why} zone={zone} />
      </>,
    );
  }
  if (breaker) {
    const plain = `its breaker is ${breaker.state}: calls have failed`;
    add('breaker', <Said text={breaker.why ?? plain} zone={zone} />);
  }
  if (storm) {
    const plain = 'a storm: many nodes were reported at once, and Poolkeeper leaves all of them alone';
    add('storm', <Said text={storm.why ?? plain} zone={zone} />);
  }
  if (budget && budget.out > budget.limit) {
    add(
      'budget',
      `${counted(budget.out, 'node')} are out of service, and the budget allows ${budget.limit}.`,
    );
  }
  if (slowed !== undefined) add('slowed', <Said text={slowed} zone={zone} />, false);
  const { broken = 0, out = 0, unknown = 0 } = nodes?.states ?? {};
  if (broken > 0)
    add(
      'broken',
      `${counted(broken, 'node')} ${broken === 1 ? 'is' : 'are'} broken, and Poolkeeper could not repair ${broken === 1 ? 'it' : 'them'}.`,
    );
  if (out > 0)
    add('out', `${counted(out, 'node')} ${out === 1 ? 'is' : 'are'} out of service, and not by Poolkeeper.`);
  if (unknown > 0) add('unknown', `The state of ${counted(unknown, 'node')} is unknown.`, false);
  const closed = [window, ...(windows ?? [])].find((one) => one?.open === false);
  if (closed && (broken > 0 || out > 0))
    add('window', 'The maintenance window is closed: disruptive work waits.', false);
  return items;
}

export function Wrong({ items, isKnown }: { items: readonly WrongItem[]; isKnown: boolean }) {
  return (
    <Panel title="Is anything wrong?" aside={items.length > 0 ? items.length : undefined}>
      {items.length === 0 ? (
        <p class="dim">
          {isKnown ? 'No. Every node that Poolkeeper knows is in service or in its care.' : 'Not known yet.'}
        </p>
      ) : (
        <ul class="list">
          {items.slice(0, 6).map(({ key, pool, text, isGrave }) => (
            <li key={key} class="sign">
              <span class={isGrave ? 'tint-red' : 'tint-amber'} aria-hidden="true">
                <Icon name={isGrave ? 'alarm' : 'dash'} size={14} />
              </span>
              <span class="grow">
                <a href={addressOf(['pools', pool.id])}>{pool.name}</a>: {text}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
