import type { Screen } from './screen.ts';

const CELLS = 30;

/** Shows progress as a moving bar. Without a terminal, it prints a line for each quarter. */
export interface ProgressBar {
  /** @param share 0 to 1 */
  show(lead: string, share: number): void;
}

export function progressBar(screen: Screen): ProgressBar {
  let quarters = 0;
  return {
    show(lead, share) {
      const percent = `${Math.floor(share * 100)} %`;
      if (screen.isTerminal) {
        const full = Math.round(share * CELLS);
        screen.moving(`${lead}${'█'.repeat(full)}${'░'.repeat(CELLS - full)}  ${percent}`);
      } else if (Math.floor(share * 4) > quarters) {
        quarters = Math.floor(share * 4);
        screen.line(`${lead}${percent}`);
      }
    },
  };
}
