import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Far more than the nodes of the largest pool. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** JSON data as a short text. The nodes of a pool repeat themselves, so it has some five percent of the size. */
export function pack(value: unknown): string {
  return deflateRawSync(JSON.stringify(value)).toString('base64');
}

/** The data inside of a packed text. Throws if the text is not packed data. */
export function unpack(packed: string): unknown {
  const bytes = inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: MAX_UNPACKED_BYTES });
  return JSON.parse(bytes.toString('utf8'));
}
