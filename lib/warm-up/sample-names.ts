// The subjects of every sample: nothing in a real project has these names.

export const SAMPLE_POOL = 'pool-warm-up';
export const SAMPLE_NODE = 'os-node-created-warm1';
export const SAMPLE_JOB = 'job-warm-up';

/** The parameters of a command that resets the sample node. */
export const RESET_PARAMETERS = {
  rollingConfig: { strategy: 'RollingByNumber' as const, maxUnavailable: 1 },
  nodeConfig: {},
};
