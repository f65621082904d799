import * as z from 'zod';
import { describeIssues } from '#lib/issues';
import { SettingsChange } from '../options.ts';
import { WorkloadStatus, WorkloadType } from '../world/node.ts';
import { DriverPhase, NodePhase } from '../world/node-state.ts';
import { PlannedState, PlannedType, RedeployType } from '../world/planned-event.ts';
import { ControlError } from './control-error.ts';

const atLeastOne = (change: object): boolean => Object.keys(change).length > 0;
const nothingToChange = { error: 'nothing to change' };

export const WorldChange = SettingsChange.refine(atLeastOne, nothingToChange);

export const NodeChange = z
  .strictObject({
    phase: NodePhase,
    driverPhase: DriverPhase,
    staysBroken: z.boolean(),
    /** A workload on the node; null: there is none. Several nodes with one name have it together. */
    workload: z.string().min(1).nullable(),
    workloadType: WorkloadType,
    workloadStatus: WorkloadStatus,
    driverVersion: z.string().min(1),
    os: z.string().min(1),
    plugins: z.record(z.string().min(1), z.string().min(1)),
    haRedundant: z.boolean(),
    /** It may be the address of another node, now or earlier. */
    privateIp: z.ipv4(),
  })
  .partial()
  .refine(atLeastOne, nothingToChange);
export type NodeChange = z.output<typeof NodeChange>;

export const JobChange = z
  .strictObject({
    /** true: the job stops where it is; false: it goes on. */
    suspend: z.boolean(),
    /** Ends the job as `Failed` with this message. */
    failWith: z.string().min(1),
  })
  .partial()
  .refine(atLeastOne, nothingToChange);
export type JobChange = z.output<typeof JobChange>;

/** Maintenance that the simulator announces for a node. */
export const NewPlannedEvent = z.strictObject({
  node: z.string().min(1),
  type: PlannedType.default('node_redeploy'),
  redeployType: z.array(RedeployType).min(1).default(['SOFT', 'HARD']),
});
export type NewPlannedEvent = z.output<typeof NewPlannedEvent>;

export const PlannedEventChange = z.strictObject({ state: PlannedState });
export type PlannedEventChange = z.output<typeof PlannedEventChange>;

/** Checks control input; a ControlError names every field that is wrong. */
export const checked = <Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ControlError(400, describeIssues(parsed.error));
};
