import * as z from 'zod';
import { simulatorCredentials } from './credentials.ts';
import { Fault } from './faults/fault.ts';

const nodeCount = z.int().min(0).max(2000);
const kubernetesName = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/, {
  error:
    'must be lower-case letters, digits, hyphens and periods, and begin and end with a letter or a digit',
});

export const NodePoolOptions = z.strictObject({
  name: kubernetesName,
  flavor: z.string().min(1).default('modelarts.bm.npu.arm.8snt9b.d'),
  nodes: nodeCount,
  /** Groups the nodes into supernodes of this many, which must move together (docs/design/modelarts-api.md 2.3, `batch.uid`). */
  supernodeSize: z.int().min(2).optional(),
});
export type NodePoolOptions = z.output<typeof NodePoolOptions>;

export const PoolOptions = z.strictObject({
  /** The display name. */
  name: kubernetesName,
  /** `metadata.name`, what every URI has. @default derived from the display name, the same at every start */
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, {
      error: 'must be at most 128 letters, digits, periods, hyphens and underscores',
    })
    .optional(),
  /** @default the simulator's `nodes` */
  nodes: nodeCount.optional(),
  /** @default a quarter of the nodes in `np-1`, the others in `modelarts.bm.npu.arm.8snt9b.d-default` */
  nodePools: z.array(NodePoolOptions).min(1).optional(),
  /** A yearly/monthly pool refuses to delete node pools (delete-node-pool page). */
  billing: z.enum(['on-demand', 'yearly-monthly']).default('on-demand'),
});
export type PoolOptions = z.output<typeof PoolOptions>;

const settings = {
  /** Simulated seconds per real second: 1 is real time, at 60 a job of six minutes lasts six seconds. */
  speed: z.number().positive().max(100_000),
  /** Median simulated time that a job needs for one node. */
  jobDurationSeconds: z.number().positive(),
  /** Sigma of the log-normal spread around that median. At 0 every node takes exactly the median. */
  jobDurationJitter: z.number().min(0).max(2),
  /** How often a healthy node becomes faulty by itself, per simulated day. */
  nodeFailuresPerDay: z.number().min(0).max(100),
  /**
   * The entries of batch-update's lists: objects, as in the page's example, or strings, as in its table
   * (docs/design/modelarts-api.md 10 #4).
   */
  batchUpdateAnswer: z.enum(['objects', 'strings']),
  /** The parts of a node's `status` that the API omits: not every model of Huawei's SDKs has them. */
  nodeStatusWithout: z.array(z.enum(['driver', 'os', 'plugins'])),
  /** Under `npm start`: Cloud Eye raises an alarm for each node that breaks, and ends it when the node is well. */
  raisesAlarms: z.boolean(),
  /** How far the API's clock is ahead of ours, in seconds. Beyond 15 minutes it refuses every signature. */
  clockDriftSeconds: z.number().min(-86_400).max(86_400),
};

/** The settings that can change while the simulator runs. */
export const SettingsChange = z.strictObject(settings).partial();
export type SettingsChange = z.output<typeof SettingsChange>;
export type Settings = z.output<z.ZodObject<typeof settings>>;

/** The pool of the vendor's batch-migrate page, so that examples work on any simulator. */
export const defaultPool: PoolOptions = {
  name: 'train-a',
  id: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036',
  billing: 'on-demand',
};

/** The destination of migrations. */
const quarantinePool: PoolOptions = {
  name: 'quarantine',
  id: 'pool-77aa-6f5da086876d4cd084d36f8bd3346036',
  nodes: 2,
  billing: 'on-demand',
};

export const SimulatorOptions = z.strictObject({
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(0),
  accessKey: z.string().min(1).default(simulatorCredentials.accessKey),
  secretKey: z.string().min(1).default(simulatorCredentials.secretKey),
  /** If set, every request must carry it as `X-Security-Token`, as with temporary keys. */
  securityToken: z.string().min(1).optional(),
  projectId: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'must be 1 to 64 letters, digits and hyphens' })
    .default(simulatorCredentials.projectId),
  seed: z.string().default('poolkeeper'),
  /** Nodes of each pool without a number of its own. */
  nodes: nodeCount.min(1).default(8),
  pools: z
    .array(PoolOptions)
    .min(1)
    .max(256)
    .refine((pools) => new Set(pools.map((pool) => pool.name)).size === pools.length, {
      error: 'two pools have the same name',
    })
    .default([defaultPool, quarantinePool]),
  faults: z.array(Fault).default([]),
  speed: settings.speed.default(1),
  jobDurationSeconds: settings.jobDurationSeconds.default(360),
  jobDurationJitter: settings.jobDurationJitter.default(0.25),
  nodeFailuresPerDay: settings.nodeFailuresPerDay.default(0),
  batchUpdateAnswer: settings.batchUpdateAnswer.default('objects'),
  nodeStatusWithout: settings.nodeStatusWithout.default([]),
  raisesAlarms: settings.raisesAlarms.default(false),
  clockDriftSeconds: settings.clockDriftSeconds.default(0),
});
export type SimulatorOptions = z.output<typeof SimulatorOptions>;
export type SimulatorOptionsInput = z.input<typeof SimulatorOptions>;

/** The options that can change later. */
export const settingsOf = (options: SimulatorOptions): Settings => ({
  speed: options.speed,
  jobDurationSeconds: options.jobDurationSeconds,
  jobDurationJitter: options.jobDurationJitter,
  nodeFailuresPerDay: options.nodeFailuresPerDay,
  batchUpdateAnswer: options.batchUpdateAnswer,
  nodeStatusWithout: options.nodeStatusWithout,
  raisesAlarms: options.raisesAlarms,
  clockDriftSeconds: options.clockDriftSeconds,
});
