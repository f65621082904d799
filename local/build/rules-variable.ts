/** The variable with the absolute path of the compiled rules, for functions that were bundled without rules. */
export const RULES_VARIABLE = 'POOLKEEPER_RULES_FILE';
