import * as z from 'zod';
import { Budget } from './budget.ts';
import { CronExpression, Timezone } from './cron.ts';
import { PositiveDuration } from './duration.ts';
import { Healthy } from './healthy.ts';
import { isNot } from './wording.ts';

/** The characters that a path allows. Huawei's SDK demands 36 to 63 of them (docs/design/modelarts-api.md 2.1), but no page does. */
const poolIdError = isNot(
  'the id of a pool (metadata.name): at most 128 letters, digits, periods, hyphens and underscores',
);
const PoolId = z
  .string({ error: poolIdError })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, { error: poolIdError });

const projectError = isNot('a project id: 1 to 64 letters, digits and hyphens');
const accountError = isNot(
  'a name of an account: at most 31 small letters, digits and hyphens, a letter first',
);
const regionError = isNot('a region such as cn-north-4');
const endpointError = isNot('a URL such as https://modelarts.cn-north-4.myhuaweicloud.com');

/** Opens whenever `start` fires in `timezone`. */
export const Window = z
  .strictObject({
    start: CronExpression.describe(
      'When the window opens: an EventBridge cron expression of six fields, such as "0 22 ? * SAT *".',
    ),
    length: PositiveDuration.describe('How long the window stays open, such as 6h.'),
    timezone: Timezone.prefault('UTC').describe('The time zone of start, such as Europe/Berlin.'),
  })
  .transform(({ length, ...window }) => ({ ...window, lengthMs: length }));

/** The vendor's own limits for the replacement of nodes (docs/design/modelarts-api.md 1.3): 5 % at one time, 20 % a day. */
const BudgetOfPool = z.strictObject({
  maxUnavailable: Budget.prefault('5%').describe(
    'How many nodes may be under remediation or unhealthy at the same time: a number, or a share of the pool such as 5%.',
  ),
  perDay: Budget.prefault('20%').describe('On how many nodes Poolkeeper may work within a day.'),
});

const Storm = z
  .strictObject({
    nodes: Budget.exactOptional().describe(
      'If alerts report more nodes than this within the time, they are one incident: a number, or a share of the pool. Absent: as many as budget.perDay.',
    ),
    within: PositiveDuration.prefault('10m').describe(
      'The period in which reported nodes count, and the quiet period that ends the storm.',
    ),
  })
  .transform(({ within, ...storm }) => ({ ...storm, withinMs: within }));

const Breaker = z
  .strictObject({
    failures: z
      .int()
      .min(1)
      .prefault(5)
      .describe('After this many failures in a row, Poolkeeper makes no destructive call.'),
    pause: PositiveDuration.prefault('10m').describe(
      'The length of the pause. It doubles with each further failure, up to an hour.',
    ),
  })
  .transform(({ failures, pause }) => ({ failures, pauseMs: pause }));

export const Pool = z
  .strictObject({
    id: PoolId.describe("The pool's id: metadata.name in the resource pool details."),
    budget: BudgetOfPool.prefault({}).describe('How much of the pool Poolkeeper may disrupt.'),
    windows: z
      .array(Window)
      .prefault([])
      .describe('When Poolkeeper may work on the pool. Empty: at any time.'),
    storm: Storm.prefault({}).describe('When many nodes at once are one incident.'),
    breaker: Breaker.prefault({}).describe('When failures stop further calls.'),
    privileged: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether the pool is privileged. Only then can its node pools get other taints, tags or networks. Absent: the API decides.',
      ),
    healthy: Healthy.exactOptional().describe('The demands on a healthy node of the pool, beside its phase.'),
    project: z
      .string({ error: projectError })
      .regex(/^[A-Za-z0-9-]{1,64}$/, { error: projectError })
      .exactOptional()
      .describe('The project of the pool, if it is not HUAWEICLOUD_SDK_PROJECT_ID.'),
    account: z
      .string({ error: accountError })
      .regex(/^[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?$/, { error: accountError })
      .exactOptional()
      .describe(
        'The account of the pool, if its key is not in HUAWEICLOUD_SDK_AK. The key of the account `research` is in HUAWEICLOUD_SDK_AK_RESEARCH and HUAWEICLOUD_SDK_SK_RESEARCH.',
      ),
    region: z
      .string({ error: regionError })
      .regex(/^[a-z0-9-]+$/, { error: regionError })
      .exactOptional()
      .describe('The region of the pool, if it is not HUAWEICLOUD_SDK_REGION.'),
    endpoint: z
      .url({ protocol: /^https?$/, error: endpointError })
      .exactOptional()
      .describe('The base URL of the API for this pool, if it is not MODELARTS_ENDPOINT.'),
  })
  .refine(({ account, project }) => account === undefined || project !== undefined, {
    path: ['project'],
    error: 'is missing: a pool of another account is in a project of that account',
  });
