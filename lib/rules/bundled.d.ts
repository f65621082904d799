/** The compiled rules of the build. local/build/bundle.ts provides this module. */
declare module 'poolkeeper:rules' {
  import type { Rules, VersionedRules } from '#lib/rules/rules';

  /** Rules that were not read from a file, as in a test, have no version. */
  const rules: Rules & Partial<Pick<VersionedRules, 'version'>>;
  export default rules;
}
