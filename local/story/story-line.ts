import type { Tone } from './screen.ts';

/** One line of a remediation's story. `at`: ISO 8601. */
export type StoryLine = { at: string; label: string; text: string; tone: Tone };
