import * as z from 'zod';
import { describeIssues } from '#lib/issues';
import { SettingsChange } from '../options.ts';
import { DriverPhase, NodePhase } from '../world/node.ts';
import { ControlError } from './control-error.ts';

const atLeastOne = (change: object): boolean => Object.keys(change).length > 0;
const nothingToChange = { error: 'nothing to change' };

export const WorldChange = SettingsChange.refine(atLeastOne, nothingToChange);

export const NodeChange = z
  .strictObject({
    phase: NodePhase,
    driverPhase: DriverPhase,
    staysBroken: z.boolean(),
    /** A task that runs on the node; null: none does. */
    workload: z.string().min(1).nullable(),
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

/** Checks control input; a ControlError names every field that is wrong. */
export const checked = <Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ControlError(400, describeIssues(parsed.error));
};
