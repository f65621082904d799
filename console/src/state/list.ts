import { useEffect, useRef, useState } from 'preact/hooks';
import type { Remediation, RemediationsPage } from '../types.ts';
import { type Problem, read } from './api.ts';
import { appended, joined, type Loaded } from './joined.ts';
import { useResource } from './resource.ts';

/** A long list: its newest page stays fresh, and older pages come when they are needed. */
export type List = {
  rows: readonly Remediation[] | undefined;
  hasMore: boolean;
  isLoading: boolean;
  problem: Problem | undefined;
  loadMore: () => void;
};

/** Older pages are larger: a person who scrolls wants many. */
function pageAfter(path: string, cursor: string): string {
  const [route = '', query = ''] = path.split('?');
  const wanted = new URLSearchParams(query);
  wanted.set('limit', '100');
  wanted.set('cursor', cursor);
  return `${route}?${wanted.toString()}`;
}

/** The list at a path, which may have a query, and has no cursor. */
export function useList(path: string, everyMs: number): List {
  const head = useResource<RemediationsPage>(path, everyMs);
  const page = head.value.value;
  const [loaded, setLoaded] = useState<{ path: string; list: Loaded }>();
  const [isLoading, setLoading] = useState(false);
  const [failure, setFailure] = useState<Problem>();
  const asked = useRef('');
  const list = loaded?.path === path ? loaded.list : undefined;

  useEffect(() => {
    if (!page) return;
    setLoaded((before) => ({ path, list: joined(before?.path === path ? before.list : undefined, page) }));
  }, [page, path]);

  async function loadMore(): Promise<void> {
    const next = list?.next;
    const wanted = pageAfter(path, next ?? '');
    if (next === undefined || asked.current === wanted) return;
    asked.current = wanted;
    setLoading(true);
    const answer = await read<RemediationsPage>(wanted);
    setLoading(false);
    asked.current = '';
    setFailure(answer.kind === 'problem' ? answer.problem : undefined);
    if (answer.kind !== 'value') return;
    setLoaded((before) =>
      before?.path === path ? { path, list: appended(before.list, answer.value) } : before,
    );
  }

  return {
    rows: list?.rows,
    hasMore: list?.next !== undefined,
    isLoading,
    problem: failure ?? head.problem.value,
    loadMore: () => void loadMore(),
  };
}
