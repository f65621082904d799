/** A flag without a value. */
export function flag(brief: string) {
  return { kind: 'boolean', default: false, withNegated: false, brief } as const;
}

/**
 * A flag with a text, which may be absent.
 *
 * @param choices the usual values, for the completion; the command checks the value itself
 */
export function option(placeholder: string, brief: string, choices: readonly string[] = []) {
  return {
    kind: 'parsed',
    parse: String,
    optional: true,
    placeholder,
    brief,
    proposeCompletions: (partial: string) => choices.filter((one) => one.startsWith(partial)),
  } as const;
}

/** A flag with a text, which may be absent or repeated. */
export function options(placeholder: string, brief: string) {
  return { ...option(placeholder, brief), variadic: true } as const;
}

/** The data folder of a system on this machine. */
export const dataFlag = option('folder', 'Has .poolkeeper with ledger, tokens and log (POOLKEEPER_DATA)');
