import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponse } from '#lib/handler/on-http';

/** The tag of a content: equal contents have equal tags (RFC 9110, section 8.8.3). */
export function tagOf(content: string | Uint8Array): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/**
 * Whether the caller already has the content with this tag. A proxy may have marked the tag as weak.
 *
 * @param ifNoneMatch the request's header of that name.
 */
export function knowsTag(ifNoneMatch: string | undefined, tag: string): boolean {
  return (ifNoneMatch ?? '')
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === tag || one === '*');
}

/** An answer with the tag of its content, and without its body if the caller has that already. Other answers than 200 stay as they are. */
export function tagged(answer: HttpResponse, { headers }: Pick<HttpRequest, 'headers'>): HttpResponse {
  if (answer.status !== 200) return answer;
  const etag = tagOf(JSON.stringify(answer.body));
  const given: Readonly<Record<string, string>> = { ...answer.headers, etag };
  // An answer without a body has no type.
  const { 'content-type': _, ...others } = given;
  return knowsTag(headers['if-none-match'], etag)
    ? { status: 304, headers: others, body: undefined }
    : { ...answer, headers: given };
}
