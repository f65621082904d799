import { ModelArtsError, type ModelArtsFailure } from '#lib/modelarts/client/errors';

/** A refusal for good, unless told otherwise. */
export function apiError(
  name: string,
  failure: Partial<Omit<ModelArtsFailure, 'endpoint' | 'path'>>,
): ModelArtsError {
  const method = /^(list|show)/.test(name) ? 'GET' : 'POST';
  const endpoint = { name, method, idempotent: false } as const;
  return new ModelArtsError({ endpoint, path: '/', outcome: 'refused', transient: false, ...failure });
}
