import type { Built } from '../peers/build.ts';

/** A part of a bundle: a package, or a room of the checkout. */
export type Part = { part: string; bytes: number };

/** The largest parts of a bundle. */
export function largestParts({ inputs }: Built, count: number): Part[] {
  const sizes = new Map<string, number>();
  for (const [input, bytes] of Object.entries(inputs)) {
    const part = partOf(input);
    sizes.set(part, (sizes.get(part) ?? 0) + bytes);
  }
  return Array.from(sizes, ([part, bytes]) => ({ part, bytes }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, count);
}

/** The package or the room of an input of a bundle. */
export function partOf(input: string): string {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
  if (name !== undefined) return name;
  if (!input.includes('/')) return input.startsWith('rules:') ? 'the rules' : input;
  return input.split('/').slice(0, 2).join('/').replace(/\.ts$/, '');
}
