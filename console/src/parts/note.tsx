import type { ComponentChildren } from 'preact';
import type { Problem } from '../state/api.ts';
import type { Tint } from '../text/words.ts';

export function Note({ tint = 'grey', children }: { tint?: Tint; children: ComponentChildren }) {
  return <div class={`note lines tint-${tint}`}>{children}</div>;
}

/** A failed request in words. */
export function ProblemNote({ problem }: { problem: Problem | undefined }) {
  if (!problem) return null;
  return (
    <div class="note lines tint-red" role="alert">
      {problem.detail}
    </div>
  );
}

/** The words for an empty place: that it is empty, and what would be there. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** Stands where an answer will be. */
export function Loading() {
  return <div class="skeleton" role="status" aria-label="Loading" />;
}

/** Whether a route is missing: an older version does not have it. */
export function isMissing(problem: Problem | undefined): boolean {
  return problem?.status === 404;
}

/** Says that this version has no such route. */
export function MissingRoute({ what }: { what: string }) {
  return <Note>This version of Poolkeeper does not show {what} yet.</Note>;
}
