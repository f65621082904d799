/** A flag without a value. */
export function flag(brief: string): {
  kind: 'boolean';
  default: false;
  withNegated: false;
  brief: string;
} {
  return { kind: 'boolean', default: false, withNegated: false, brief };
}

/** A flag with a text, which may be absent. */
export function option(
  placeholder: string,
  brief: string,
): { kind: 'parsed'; parse: (text: string) => string; optional: true; placeholder: string; brief: string } {
  return { kind: 'parsed', parse: String, optional: true, placeholder, brief };
}

/** A flag with a text, which may be absent or repeated. */
export function options(
  placeholder: string,
  brief: string,
): {
  kind: 'parsed';
  parse: (text: string) => string;
  optional: true;
  variadic: true;
  placeholder: string;
  brief: string;
} {
  return { kind: 'parsed', parse: String, optional: true, variadic: true, placeholder, brief };
}
