const PATHS = {
  now: 'M3 12h4l3-8 4 16 3-8h4',
  list: 'M4 6h16M4 12h16M4 18h10',
  hand: 'M12 3a9 9 0 1 0 9 9M12 7v5l3 2M16 3h5v5',
  day: 'M4 20V10M10 20V4M16 20v-7M21 20H3',
  why: 'M9.5 9a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1 1-1.1 1.9M12 17h.01M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18',
  lab: 'M9 3h6M10 3v6l-5 9a2 2 0 0 0 1.8 3h10.4a2 2 0 0 0 1.8-3l-5-9V3',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6L6 18',
  dash: 'M6 12h12',
  clock: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18M12 7v5l3 2',
  turn: 'M20 12a8 8 0 1 1-2.3-5.7M20 4v4h-4',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c.8-4 4-6 8-6s7.2 2 8 6',
  alarm: 'M12 4L2.5 20h19zM12 10v4M12 17h.01',
  up: 'M12 19V5M6 11l6-6 6 6',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside a word. It says nothing by itself, so a screen reader leaves it out. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark of Poolkeeper: a pool of nodes, and one that is cared for. */
export function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true">
      {[1, 7.5, 14].flatMap((y) =>
        [1, 7.5, 14].map((x) =>
          x === 14 && y === 14 ? null : (
            <rect
              key={`${x}-${y}`}
              x={x}
              y={y}
              width="5"
              height="5"
              rx="1.2"
              opacity={x === 14 && y === 7.5 ? 0.4 : 1}
            />
          ),
        ),
      )}
    </svg>
  );
}
