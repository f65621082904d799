import { ModelArtsError } from '#lib/modelarts/client/errors';

/**
 * Whether an error means that the API does not know the node pool of the request. For an unknown name it answers 400
 * `ModelArts.50004000` "invalid nodepool name" (docs/design/modelarts-api.md 3.1); for a pool that is gone with all of its
 * node pools it answers 404. A 404 of the gateway is about the path and proves nothing.
 */
export function isUnknownNodePool(error: unknown): boolean {
  if (!(error instanceof ModelArtsError) || error.outcome !== 'refused') return false;
  const { status, code = '', vendorMessage = '' } = error;
  if (status === 404) return code.startsWith('ModelArts.');
  return status === 400 && code === 'ModelArts.50004000' && /invalid node ?pool name/i.test(vendorMessage);
}
