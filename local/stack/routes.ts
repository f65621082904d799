import type { DeclaredFunction } from './declaration.ts';

/** Every route of a function, those for people among them. */
export function routesOf({ trigger }: Pick<DeclaredFunction, 'trigger'>): string[] {
  return trigger.kind === 'http' ? [...trigger.routes, ...(trigger.peoplesRoutes ?? [])] : [];
}
