/** The rules file that the functions were built with, compiled: local/build/bundle.ts puts it there. */
declare module 'poolkeeper:rules' {
  import type { Rules } from '#lib/rules/rules';

  const rules: Rules;
  export default rules;
}
