import { badRequest, jobNotFound } from '../api-error.ts';
import { type Job, renderJob } from '../world/job.ts';
import type { World } from '../world/world.ts';
import { queryInteger, queryWord, type Route } from './route.ts';

const thirtyDaysMs = 30 * 86_400_000;

const isHidden = (job: Job, from: Job['hidden']['from'], world: World): boolean =>
  world.nowMs < job.hidden.untilMs && (from === 'list' || job.hidden.from === 'everywhere');

/**
 * ListJobs (docs/design/modelarts-api.md 1.1): newest first. `since` and `until` are real milliseconds, compared inclusively with
 * the job's start. `offset` counts records. `count` is the total that matches.
 */
export const listJobs: Route = {
  endpoint: 'list-jobs',
  method: 'GET',
  path: '/v2/{project_id}/jobs',
  handle({ query }, world) {
    const type = query.get('type') ?? '';
    const resource = queryWord(query, 'resource', ['pools']);
    const name = query.get('name') ?? '';
    if (name !== '' && resource === undefined) throw badRequest('name: needs resource=pools');
    const limit = queryInteger(query, 'limit', { byDefault: 100, max: 500 });
    const offset = queryInteger(query, 'offset', { byDefault: 0 });
    const realNowMs = world.clock.realMs();
    const sinceMs = queryInteger(query, 'since', { byDefault: realNowMs - thirtyDaysMs });
    const untilMs = queryInteger(query, 'until', { byDefault: realNowMs });
    const found = world.jobs.filter((job) => {
      if (isHidden(job, 'list', world) || (type !== '' && job.type !== type)) return false;
      const startedAtMs = world.clock.toRealMs(job.startedAtMs);
      return (name === '' || job.poolId === name) && startedAtMs >= sinceMs && startedAtMs <= untilMs;
    });
    const page = found.toReversed().slice(offset, offset + (limit === 0 ? 100 : limit));
    return { count: found.length, items: page.map((job) => renderJob(job, world.clock)) };
  },
};

/** One job as a bare object. No page has it, but Huawei's Terraform provider calls it (docs/design/modelarts-api.md 1.2). */
export const showJob: Route = {
  endpoint: 'show-job',
  method: 'GET',
  path: '/v2/{project_id}/jobs/{job_id}',
  handle({ pathParameters }, world) {
    const id = pathParameters['job_id'] ?? '';
    const job = world.jobs.find((candidate) => candidate.id === id);
    if (job === undefined || isHidden(job, 'everywhere', world)) throw jobNotFound(id);
    return renderJob(job, world.clock);
  },
};
