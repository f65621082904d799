import type { TargetedKeyboardEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { addressOf } from '../state/router.ts';
import { nodeStates, nodeWords } from '../text/words.ts';
import type { NodeState, PoolNode } from '../types.ts';

/** One cell for each node: its colour and its letter say its state. The arrow keys walk through the cells. */
export function Cells({ nodes, label }: { nodes: readonly PoolNode[]; label: string }) {
  const list = useRef<HTMLUListElement>(null);
  const [current, setCurrent] = useState(0);

  function onKeyDown(event: TargetedKeyboardEvent<HTMLUListElement>): void {
    const next = nextIndex(event.key, current, nodes.length, list.current);
    if (next === undefined) return;
    event.preventDefault();
    setCurrent(next);
    list.current?.querySelectorAll<HTMLAnchorElement>('a')[next]?.focus();
  }

  return (
    <ul
      class="cells"
      ref={list}
      onKeyDown={onKeyDown}
      aria-label={`${label}. The arrow keys go from node to node.`}
    >
      {nodes.map((node, index) => (
        <Cell key={node.node} {...node} isStop={index === Math.min(current, nodes.length - 1)} />
      ))}
    </ul>
  );
}

function Cell({ node, pool, state, why, isStop }: PoolNode & { isStop: boolean }) {
  const { letter, word } = nodeWords(state);
  const said = `${node}: ${word}${why === undefined || why === '' ? '' : `. ${why}`}`;
  return (
    <li>
      <a
        class={`cell cell-${state}`}
        href={addressOf(['nodes', node], { pool })}
        title={said}
        aria-label={said}
        tabIndex={isStop ? 0 : -1}
      >
        {letter}
      </a>
    </li>
  );
}

function nextIndex(
  key: string,
  current: number,
  count: number,
  list: HTMLElement | null,
): number | undefined {
  const columns = columnsOf(list);
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[key];
  if (step !== undefined) return Math.max(0, Math.min(count - 1, current + step));
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}

/** How many cells stand in one line. */
function columnsOf(list: HTMLElement | null): number {
  const items = [...(list?.children ?? [])].filter((item) => item instanceof HTMLElement);
  const top = items[0]?.offsetTop;
  const first = items.findIndex(({ offsetTop }) => offsetTop !== top);
  return first === -1 ? Math.max(1, items.length) : first;
}

/** The states that occur, with their letters and numbers. It explains the cells. */
export function Legend({
  states,
  to,
}: {
  states: Readonly<Partial<Record<NodeState, number>>>;
  to: (state: NodeState) => string;
}) {
  const present = nodeStates.filter((state) => (states[state] ?? 0) > 0);
  return (
    <ul class="legend">
      {present.map((state) => (
        <li key={state}>
          <a href={to(state)} title={nodeWords(state).means}>
            <span class={`cell cell-${state}`} aria-hidden="true">
              {nodeWords(state).letter}
            </span>
            {(states[state] ?? 0).toLocaleString('en')} {nodeWords(state).word}
          </a>
        </li>
      ))}
    </ul>
  );
}
