import { signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const KEY = 'poolkeeper.theme';

export const theme = signal<Theme>(stored());

/** Shows the page in this theme from now on. `system`: as the system of the person is set. */
export function setTheme(chosen: Theme): void {
  theme.value = chosen;
  applyTheme();
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // A browser may refuse storage: the choice then lives as long as this page.
  }
}

export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.value === 'system') delete dataset['theme'];
  else dataset['theme'] = theme.value;
}

function stored(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return themes.find((one) => one === kept) ?? 'system';
  } catch {
    return 'system';
  }
}
