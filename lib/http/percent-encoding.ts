/**
 * Percent-encodes everything but `A-Z a-z 0-9 - . _ ~`, with upper-case hex: the form that the signature demands
 * (docs/modelarts-api.md 6.3) and that the URL is sent in, so that both always agree.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
