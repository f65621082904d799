import type { Clock } from '#lib/clock';
import type { Invocation } from '#lib/handler/invocation';
import type { RemediationServices } from '#lib/remediation/record/services';
import { createSampleClient } from './sample-api.ts';
import { sampleServices } from './sample-services.ts';

/** The services of a sample with the API. It has a file of its own, so that the bundle of `receive-alert` has no client of the API. */
export function sampleRemediationServices(clock: Clock): RemediationServices & { invocation: Invocation } {
  const client = createSampleClient(clock);
  return { ...sampleServices(clock), modelarts: () => client };
}
