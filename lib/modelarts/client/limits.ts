export interface ClientLimits {
  /** For one try of a read, connecting included. @default 10_000 */
  readonly readTimeoutMs: number;
  /** For one try of a write, connecting included. @default 30_000 */
  readonly writeTimeoutMs: number;
  /** Tries of one call, including the first. @default 4 */
  readonly maxAttempts: number;
  /** Upper bound of the first wait between two tries. It doubles with every further wait. @default 500 */
  readonly baseDelayMs: number;
  /** The caller handles a longer wait, even one that the API asks for. @default 20_000 */
  readonly maxDelayMs: number;
  /** A longer answer counts as unreadable. @default 33_554_432 */
  readonly maxReplyBytes: number;
}

export const defaultLimits: ClientLimits = {
  readTimeoutMs: 10_000,
  writeTimeoutMs: 30_000,
  maxAttempts: 4,
  baseDelayMs: 500,
  maxDelayMs: 20_000,
  maxReplyBytes: 32 * 1024 * 1024,
};
