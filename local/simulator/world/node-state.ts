import * as z from 'zod';

/** `status.phase` of a node (docs/design/modelarts-api.md 2.2). */
export const NodePhase = z.enum(['Available', 'Creating', 'Deleting', 'Abnormal', 'Checking']);
export type NodePhase = z.output<typeof NodePhase>;

/** `status.driver.phase` of a node (docs/design/modelarts-api.md 2.2). */
export const DriverPhase = z.enum(['Running', 'Abnormal', 'Pending', 'Updating']);
export type DriverPhase = z.output<typeof DriverPhase>;

/** The states of a node. A reset leads through `settingUp` and `checking`, a migration through `leaving` and `settingUp`. */
export const NODE_STATES = {
  well: { phase: 'Available', driverPhase: 'Running' },
  broken: { phase: 'Abnormal', driverPhase: 'Abnormal' },
  /** It is installed, and its driver is not there yet. */
  settingUp: { phase: 'Creating', driverPhase: 'Pending' },
  /** It is installed, and is tested. */
  checking: { phase: 'Checking', driverPhase: 'Running' },
} as const satisfies Record<string, { phase: NodePhase; driverPhase: DriverPhase }>;

/** Being created, deleted or checked: the API refuses work on it. */
export const isBusy = ({ phase }: { readonly phase: string }): boolean =>
  phase === 'Creating' || phase === 'Deleting' || phase === 'Checking';

/** Whether a node is in order, as far as the API shows it. `driver`: undefined where the API shows none. */
export const isWell = (phase: string, driver: string | undefined): boolean =>
  phase === NODE_STATES.well.phase && (driver === undefined || driver === NODE_STATES.well.driverPhase);
