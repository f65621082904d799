import { type Cloud, type CloudOptions, startCloud } from '#local/cloud/cloud';

/** Each sandbox costs a second of a processor before it is fast, and several systems run at the same time. Two are enough for races. */
const MAX_SANDBOXES = 2;

/**
 * Starts a stack whose end fails if a function has asked for anything that its role does not allow. So each system test is a test of the
 * roles, too.
 */
export async function startStrictCloud(options: CloudOptions): Promise<Cloud> {
  const refusals = new Set<string>();
  const cloud = await startCloud({
    maxSandboxes: MAX_SANDBOXES,
    ...options,
    onRefusal: (refusal) => refusals.add(refusal),
  });
  return {
    ...cloud,
    async stop() {
      await cloud.stop();
      if (refusals.size > 0) throw new Error(`a role lacks a permission: ${[...refusals].join('; ')}`);
    },
  };
}
