import type { Pool } from '../types.ts';

/** The longest bar that has one piece for each node. */
const MOST_PIECES = 24;

/** How much of a pool's budget is used: a bar, and its numbers in words. */
export function Budget({ budget }: { budget: NonNullable<Pool['budget']> }) {
  const { limit, out, free, day, why } = budget;
  const isOver = out > limit;
  return (
    <div class="budget" title={why}>
      <Bar used={out} limit={limit} />
      <span>
        <strong>
          {out} of {limit}
        </strong>{' '}
        may be out{isOver ? ': over the budget' : `, ${free} free`}
      </span>
      {day && (
        <span class="dim">
          {day.spent} of {day.limit} worked on in a day
        </span>
      )}
    </div>
  );
}

function Bar({ used, limit }: { used: number; limit: number }) {
  const count = Math.max(limit, used);
  const isOver = used > limit;
  if (count > MOST_PIECES || count === 0) {
    const share = count === 0 ? 0 : Math.min(1, used / Math.max(1, limit));
    return (
      <span class={`bar ${isOver ? 'bar-over' : ''}`} aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
    );
  }
  return (
    <span class="pieces" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <span
          key={index}
          class={index >= used ? 'piece' : index >= limit ? 'piece piece-over' : 'piece piece-used'}
        />
      ))}
    </span>
  );
}
