import type * as z from 'zod';
import type { Endpoint } from '#lib/modelarts/client/endpoint';

type Shared = {
  /** The name of its function and of its queue, its key in the rules file, and its name in a command. */
  name: string;
  /** The request that carries it out. The endpoint alone decides whether the request may be sent twice. */
  endpoint: Pick<Endpoint, 'name' | 'idempotent' | 'method' | 'path'>;
  /** The vendor's short name for the request, for people. */
  vendorName: string;
  /** Whether a command takes its nodes out of service. If so, the pool's budget and the cooldown apply. @default never */
  disruptive?: (parameters: Readonly<Record<string, unknown>>) => boolean;
  /** The default of its entry under `deadlines` in the rules file, and the description of that key. */
  deadline: { default: string; describe: string };
  /** The reading for its verification. */
  needs: 'nodes' | 'node-pools' | 'absence' | 'destination' | 'scheduled-events';
  /** The label on the screen for a verified target. */
  verified: string;
  /** Descriptions for people: of its key in a rung and in a schedule, and of its function on AWS. */
  describe: { rung: string; schedule: string; function: string };
  /**
   * The parts of the target that a schedule changes. Two schedules that change the same part overtake each other.
   * @default all of the target
   */
  changedParts?: (parameters: Readonly<Record<string, unknown>>) => readonly string[];
} & (
  | {
      /** It is complete when its job has ended and the reading shows the effect. */
      until: 'job';
      /** The type of its job in the list of jobs, to find a job with a lost id. Undefined if no page documents the type. */
      jobType: string | undefined;
    }
  /** It has no job. It is complete when the reading shows the effect. */
  | { until: 'state' }
);

/** Declares the facts about an action on nodes that other rooms need. Its definition has the facts that only its function needs. */
export type NodeActionTraits = Shared & {
  target: 'nodes';
  /** The vendor's request body without the node names. */
  parameters: z.ZodObject;
  /** The participle for sentences such as "a node is reset or moved". */
  participle: string;
};

/** Declares an action on a node pool. */
export type NodePoolActionTraits = Shared & {
  target: 'node-pool';
  /** The vendor's request body. */
  parameters: z.ZodType<Record<string, unknown>>;
  /** Its fields in the rules file beside the target, and their translation into parameters. */
  inRules: {
    fields: Readonly<Record<string, z.ZodType>>;
    toParameters: (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  };
  /** The paths at which the fields, and the parameters, may name the node pool a second time. */
  namesTargetAt?: { fields: readonly string[]; parameters: readonly string[] };
};

export type ActionTraits = NodeActionTraits | NodePoolActionTraits;
