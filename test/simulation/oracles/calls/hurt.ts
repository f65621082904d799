import type { Run } from '../../run.ts';

/** Whether something went wrong in a process itself. */
export function wasHurt(
  { deployment, mishaps }: Pick<Run, 'deployment' | 'mishaps'>,
  process: string,
): boolean {
  if (deployment.begun.get(process)?.killed) return true;
  return [...mishaps.keys()].some((key) => key === process || key.startsWith(`${process}/`));
}
