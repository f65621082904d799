import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { type Problem, read } from './api.ts';
import { token } from './session.ts';

/** An answer of the API that the page keeps fresh while a view shows it. */
export type Resource<Value> = {
  /** The last good answer. Undefined before the first one. */
  value: ReadonlySignal<Value | undefined>;
  /** The last failure, until the next good answer. */
  problem: ReadonlySignal<Problem | undefined>;
  /** When the last good answer came, epoch milliseconds. */
  at: ReadonlySignal<number | undefined>;
  /** Asks at once, for example after a change. */
  refresh: () => Promise<void>;
};

/** The pace for a tab that is not visible, and the slowest pace after failures. */
const HIDDEN_MS = 60_000;
const SLOWEST_MS = 30_000;

/** Answers that no view shows are kept, so that a person who goes back sees the view at once. */
const KEPT = 60;

class Polled<Value> implements Resource<Value> {
  readonly value: Signal<Value | undefined> = signal(undefined);
  readonly problem: Signal<Problem | undefined> = signal(undefined);
  readonly at: Signal<number | undefined> = signal(undefined);
  readonly #path: string;
  readonly #watchers = new Map<symbol, number>();
  #etag: string | undefined;
  #text: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<void> | undefined;
  #failures = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Keeps the answer fresh at this pace until the returned function is called. */
  watch(everyMs: number): () => void {
    const watcher = Symbol('watcher');
    this.#watchers.set(watcher, everyMs);
    const age = Date.now() - (this.at.value ?? 0);
    if (age >= everyMs) void this.refresh();
    else this.#schedule();
    return () => {
      this.#watchers.delete(watcher);
      this.#schedule();
    };
  }

  refresh = (): Promise<void> => {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
      this.#schedule();
    });
    return this.#asking;
  };

  async #ask(): Promise<void> {
    if (token.value === undefined) return;
    const answer = await read<Value>(this.#path, this.#etag);
    if (answer.kind === 'problem') {
      this.#failures += 1;
      this.problem.value = answer.problem;
      if (answer.problem.status === 404) this.#forget();
      return;
    }
    this.#failures = 0;
    this.problem.value = undefined;
    this.at.value = Date.now();
    if (answer.kind === 'unchanged') return;
    this.#etag = answer.etag;
    // The same text is the same answer: nothing is drawn again.
    if (answer.text === this.#text) return;
    this.#text = answer.text;
    this.value.value = answer.value;
  }

  #forget(): void {
    this.#etag = undefined;
    this.#text = undefined;
    this.value.value = undefined;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.isWatched) return;
    const pace = Math.min(...this.#watchers.values());
    const patient = Math.min(pace * 2 ** Math.min(this.#failures, 6), Math.max(pace, SLOWEST_MS));
    this.#timer = setTimeout(
      () => void this.refresh(),
      document.hidden ? Math.max(patient, HIDDEN_MS) : patient,
    );
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- each path has its own shape, which its view knows
const resources = new Map<string, Polled<any>>();

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  for (const resource of resources.values()) if (resource.isWatched) void resource.refresh();
});

/** The resource of a path. All views of one path share it. */
export function resourceOf<Value>(path: string): Polled<Value> {
  const known = resources.get(path);
  if (known) return known;
  const fresh = new Polled<Value>(path);
  resources.set(path, fresh);
  for (const [other, { isWatched }] of resources) {
    if (resources.size <= KEPT) break;
    if (!isWatched && other !== path) resources.delete(other);
  }
  return fresh;
}

/** Asks again for everything that is shown. Call it after a change. */
export async function refreshAll(): Promise<void> {
  await Promise.all(
    [...resources.values()].filter(({ isWatched }) => isWatched).map(({ refresh }) => refresh()),
  );
}

// Another person may see less.
token.subscribe(() => resources.clear());

const nothing: Resource<never> = {
  value: signal(undefined),
  problem: signal(undefined),
  at: signal(undefined),
  refresh: () => Promise.resolve(),
};

/** Keeps the answer of a path fresh while the component is shown. Without a path there is nothing to ask for. */
export function useResource<Value>(path: string | undefined, everyMs: number): Resource<Value> {
  const resource = useMemo(() => (path === undefined ? undefined : resourceOf<Value>(path)), [path]);
  useEffect(() => resource?.watch(everyMs), [resource, everyMs]);
  return resource ?? nothing;
}
