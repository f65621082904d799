import type * as z from 'zod';
import type { Endpoint } from '#lib/modelarts/client/endpoint';

type Shared = {
  /** The name of its function, its queue, its key in the rules file, and its word in a command. */
  name: string;
  /** The request that carries it out. Whether it may be sent twice follows from the endpoint alone. */
  endpoint: Pick<Endpoint, 'name' | 'idempotent' | 'method' | 'path'>;
  /** The vendor's short name for the request, for people. */
  vendorName: string;
  /** Whether a command takes its nodes out of service: then the pool's budget and the cooldown are kept. @default never */
  disruptive?: (parameters: Readonly<Record<string, unknown>>) => boolean;
  /** How long it may run after its call, unless the rules file says otherwise, and what the rules file says of this key. */
  deadline: { default: string; describe: string };
  /** What is read in order to verify it. */
  needs: 'nodes' | 'node-pools' | 'absence' | 'destination';
  /** What people read when a target was verified. */
  verified: string;
  /** What people read of it: in the rules file, of its key in a rung and in a schedule, and in the list of functions of AWS. */
  describe: { rung: string; schedule: string; function: string };
  /**
   * What a schedule changes of its target: two schedules that change the same overtake each other.
   * @default the target as a whole
   */
  changedParts?: (parameters: Readonly<Record<string, unknown>>) => readonly string[];
} & (
  | {
      /** It is over when its job has ended, and what is read shows it. */
      until: 'job';
      /** The type of its job in the list of jobs; undefined where no page documents it. A job whose id was lost is found by it. */
      jobType: string | undefined;
    }
  /** It has no job: it is over when what is read shows it. */
  | { until: 'state' }
);

/** Declares an action on nodes: all that other rooms have to know of it. What only its own function needs is its definition. */
export type NodeActionTraits = Shared & {
  target: 'nodes';
  /** The vendor's request body, less the node names. */
  parameters: z.ZodObject;
  /** What is done to a node, for sentences such as "a node is reset or moved". */
  participle: string;
};

/** Declares an action on a node pool. */
export type NodePoolActionTraits = Shared & {
  target: 'node-pool';
  /** The vendor's request body. */
  parameters: z.ZodType<Record<string, unknown>>;
  /** What a rules file says of it beside the target, and the parameters that this makes. */
  inRules: {
    fields: Readonly<Record<string, z.ZodType>>;
    toParameters: (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  };
  /** Where the parameters may name the node pool once more: in those fields, and in the parameters. */
  namesTargetAt?: { fields: readonly string[]; parameters: readonly string[] };
};

export type ActionTraits = NodeActionTraits | NodePoolActionTraits;
