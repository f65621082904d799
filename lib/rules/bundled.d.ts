/** The compiled rules of the build. local/build/bundle.ts provides this module. */
declare module 'poolkeeper:rules' {
  import type { Rules } from '#lib/rules/rules';

  const rules: Rules;
  export default rules;
}
