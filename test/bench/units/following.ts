import { remediateInTurn } from './remediations.ts';

/** GETs of jobs for one remediation, when so many begin in an hour. */
export type Following = { perHour: number; gets: number };

/** Counts how often `poll-jobs` asks for a job of six minutes, at each rate. All jobs that are due at a time share one list. */
export async function benchFollowing(count: number): Promise<Following[]> {
  const rows: Following[] = [];
  for (const perHour of [6, 60, 600]) {
    const { gets, remediations } = await remediateInTurn(count, { nodes: 120, everyMs: 3_600_000 / perHour });
    rows.push({ perHour, gets: gets.jobs / remediations });
  }
  return rows;
}
