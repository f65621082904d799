/** A reference to a secret in a text of the rules file: `${secret:SLACK_URL}`. */
const REFERENCE = /\$\{secret:([A-Z][A-Z0-9_]{0,63})\}/g;

/** The variable, or the parameter, that holds a secret of the rules file: `POOLKEEPER_SECRET_SLACK_URL`. */
export const SECRET_PREFIX = 'POOLKEEPER_SECRET_';

/** Values of secrets by their names in the rules file. A secret that could not be found is absent. */
export type Secrets = Readonly<Record<string, string>>;

/** The names of the secrets in a text, each once. */
export function secretNamesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(REFERENCE), ([, name = '']) => name))];
}

/** Whether a text is one reference to a secret, and nothing else. */
export function isSecretReference(text: string): boolean {
  return text.replace(REFERENCE, '') === '' && text !== '' && secretNamesIn(text).length === 1;
}

/** A text with a value in place of each reference. */
export function withValues(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(REFERENCE, (_reference, name: string) => valueOf(name));
}

/** Whether a text has a `${…}` that is no reference to a secret. */
export function hasMalformedReference(text: string): boolean {
  return withValues(text, () => '').includes('${');
}
