/** The headers of a request with a JSON body. */
export const JSON_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  accept: 'application/json',
  'user-agent': 'poolkeeper',
};

/** A request with a JSON body. */
export function jsonRequest(
  url: URL,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): { url: URL; headers: Record<string, string>; body: Uint8Array } {
  return { url, headers: { ...JSON_HEADERS, ...headers }, body: Buffer.from(JSON.stringify(body)) };
}
