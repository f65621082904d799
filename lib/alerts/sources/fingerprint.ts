// FNV-1a, 64 bits, in two halves: a product of 64 bits does not fit into a number.
const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
/** The prime is 2^40 + 0x1b3. */
const PRIME_LOW = 0x1b3;
const SEPARATOR = 255;

/**
 * The fingerprint of an alert as Alertmanager computes it: a hash of all labels in the order of their names, as 16 hex digits.
 * Senders that send none are known by it.
 *
 * @see https://github.com/prometheus/common/blob/main/model/signature.go `labelSetToFingerprint`
 */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;

  function add(byte: number): void {
    const mixed = (low ^ byte) >>> 0;
    const product = mixed * PRIME_LOW;
    const carried = Math.floor(product / 2 ** 32);
    // The part of the product that 2^40 shifts into the upper half.
    high = (high * PRIME_LOW + carried + mixed * 2 ** 8) % 2 ** 32;
    low = product % 2 ** 32;
  }

  for (const [name, value] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const text of [name, value]) {
      for (const byte of Buffer.from(text, 'utf8')) add(byte);
      add(SEPARATOR);
    }
  }
  return [high, low].map((half) => half.toString(16).padStart(8, '0')).join('');
}
