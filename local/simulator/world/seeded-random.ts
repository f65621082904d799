import { createHash } from 'node:crypto';

type Key = readonly (string | number)[];

/**
 * Draws that depend only on the seed and on the key, never on the number of earlier draws. So the same seed gives the same
 * world for any order of requests.
 */
export interface SeededRandom {
  /** Evenly distributed in [0, 1). */
  uniform(...key: Key): number;
  /** Log-normal around a median of 1; `sigma` 0 always gives 1. */
  lognormal(sigma: number, ...key: Key): number;
  /** As many characters as requested, from those of a Kubernetes name suffix. */
  suffix(length: number, ...key: Key): string;
  /** A version 4 UUID. */
  uuid(...key: Key): string;
  /** Lower-case hexadecimal digits, at most 64. */
  hex(length: number, ...key: Key): string;
}

// Kubernetes' own alphabet for generated names: no vowels and no look-alikes.
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

export const createSeededRandom = (seed: string): SeededRandom => {
  const digest = (key: Key): Buffer =>
    createHash('sha256')
      .update(JSON.stringify([seed, ...key]))
      .digest();
  const uniform = (...key: Key): number => digest(key).readUInt32BE(0) / 2 ** 32;

  return {
    uniform,
    lognormal(sigma, ...key) {
      // Box-Muller; 1 - u keeps the logarithm away from zero.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform(...key, 'radius')));
      return Math.exp(sigma * radius * Math.cos(2 * Math.PI * uniform(...key, 'angle')));
    },
    suffix(length, ...key) {
      const bytes = digest(key);
      return Array.from({ length }, (_, index) => {
        return suffixAlphabet.charAt((bytes[index] ?? 0) % suffixAlphabet.length);
      }).join('');
    },
    uuid(...key) {
      const bytes = digest(key).subarray(0, 16);
      bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
    hex: (length, ...key) => digest(key).toString('hex').slice(0, length),
  };
};
