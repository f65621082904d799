import { printable } from '#lib/printable';
import type { Context } from '../context.ts';

/** A moving line on standard error, if that is a terminal. */
export function progressOn(stderr: Context['process']['stderr']): {
  onProgress?: (share: number) => void;
} {
  if (!('isTTY' in stderr) || stderr.isTTY !== true) return {};
  let shown = '';
  return {
    onProgress(share) {
      const percent = Math.floor(share * 100);
      const bar = `replaying ${'█'.repeat(Math.floor(percent / 4)).padEnd(25, '░')} ${percent} %`;
      if (bar === shown) return;
      shown = bar;
      // The last line goes away before the result comes.
      stderr.write(share >= 1 ? `\r${' '.repeat(bar.length)}\r` : `\r${printable(bar)}`);
    },
  };
}
