import type { Tone } from '#local/screen/screen';

/** One line of a remediation's story. `at`: ISO 8601. */
export type StoryLine = { at: string; label: string; text: string; tone: Tone };
