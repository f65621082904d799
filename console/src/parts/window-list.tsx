import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

type WindowListProps<Row> = {
  rows: readonly Row[];
  rowHeight: number;
  label: string;
  keyOf: (row: Row) => string;
  children: (row: Row) => ComponentChildren;
  /** Called when the end of the rows comes near. */
  onNearEnd: () => void;
};

/** Rows drawn beyond the edges of the window, so that fast scrolling meets no gap. */
const MARGIN_ROWS = 12;

/** A long list of equal rows, which draws only those near the window. A screen reader hears the place of each among all. */
export function WindowList<Row>({
  rows,
  rowHeight,
  label,
  keyOf,
  children,
  onNearEnd,
}: WindowListProps<Row>) {
  const list = useRef<HTMLUListElement>(null);
  const [first, setFirst] = useState(0);
  const [count, setCount] = useState(40);
  const last = Math.min(rows.length, first + count);

  useEffect(() => {
    let frame = 0;
    function measure(): void {
      frame = 0;
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const begin = Math.max(0, Math.floor(-top / rowHeight) - MARGIN_ROWS);
      setFirst(Math.min(begin, Math.max(0, rows.length - 1)));
      setCount(Math.ceil(innerHeight / rowHeight) + 2 * MARGIN_ROWS);
    }
    function onScroll(): void {
      frame ||= requestAnimationFrame(measure);
    }
    measure();
    addEventListener('scroll', onScroll, { passive: true });
    addEventListener('resize', onScroll);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', onScroll);
      removeEventListener('resize', onScroll);
    };
  }, [rowHeight, rows.length]);

  useEffect(() => {
    if (last >= rows.length - MARGIN_ROWS) onNearEnd();
  }, [last, rows.length, onNearEnd]);

  return (
    <ul class="window-list" ref={list} aria-label={label} style={{ height: `${rows.length * rowHeight}px` }}>
      {rows.slice(first, last).map((row, index) => (
        <li
          key={keyOf(row)}
          aria-posinset={first + index + 1}
          aria-setsize={rows.length}
          style={{ transform: `translateY(${(first + index) * rowHeight}px)`, height: `${rowHeight}px` }}
        >
          {children(row)}
        </li>
      ))}
    </ul>
  );
}
