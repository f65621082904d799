/**
 * Percent-encodes everything except `A-Z a-z 0-9 - . _ ~`, with upper-case hex. The signature demands this form
 * (docs/design/modelarts-api.md 6.3), and the URL uses it too, so that both always agree.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
