import { type Cloud, type CloudOptions, startCloud } from '#local/cloud/cloud';

/**
 * Starts a stack whose end fails if a function has asked for anything that its role does not allow. So each system test is a test of the
 * roles, too.
 */
export async function startStrictCloud(options: CloudOptions): Promise<Cloud> {
  const refusals = new Set<string>();
  const cloud = await startCloud({
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
