import type { Replayed } from './replay.ts';

/** Conditions that fail a replay, for a pipeline. Each says whether it applies, and why. */
export const gates = {
  'any-difference': {
    needsOther: true,
    why: ({ against }: Replayed) => {
      const count = against?.nodes.length ?? 0;
      return count > 0 ? `${count} nodes have another outcome than with the other rules` : undefined;
    },
  },
  'more-destructive': {
    needsOther: true,
    why: ({ against, summary }: Replayed) =>
      against?.isMoreDestructive
        ? `the rules wipe, move or take out more than the other rules (nodes in such calls: ${against.summary.destructive} → ${summary.destructive})`
        : undefined,
  },
  destructive: {
    needsOther: false,
    why: ({ summary: { destructive } }: Replayed) =>
      destructive > 0 ? `${destructive} nodes would be in destructive calls` : undefined,
  },
  'needs-human': {
    needsOther: false,
    why: ({ summary }: Replayed) => {
      const count = summary.rules.reduce((sum, { needsPerson }) => sum + needsPerson, 0);
      return count > 0 ? `${count} remediations would go to a person` : undefined;
    },
  },
  luck: {
    needsOther: false,
    why: ({ summary, pessimistic }: Replayed) =>
      pessimistic.summary.destructive > summary.destructive
        ? `with worse luck more nodes would be in destructive calls: ${summary.destructive} → ${pessimistic.summary.destructive}`
        : undefined,
  },
} as const;

export type Gate = keyof typeof gates;
