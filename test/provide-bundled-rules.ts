import { registerHooks } from 'node:module';

/**
 * Gives a program that Node.js runs itself the rules of the tests, where the build would put those of a user. Code of a function may
 * be imported only after this.
 */
export function provideBundledRules(): void {
  const rules = new URL('bundled-rules.ts', import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'poolkeeper:rules'
        ? { url: rules, format: 'module-typescript', shortCircuit: true }
        : next(specifier, context),
  });
}
