import { signal } from '@preact/signals';

/** The time now, epoch milliseconds. It moves once a second while the page is visible. */
export const now = signal(Date.now());

/** Starts the clock of the page. */
export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) now.value = Date.now();
  }, 1_000);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) now.value = Date.now();
  });
}
