import type { Receipt } from '#lib/ledger/receipts/receipt';

/** The weight of a sentence: a person should see `notable`, and answer `bad`. */
export type Tone = 'plain' | 'dim' | 'good' | 'notable' | 'bad';

/**
 * One event in a remediation, for a person. `at`: ISO 8601. `label`: at most 19 characters, for a column. `text`: one
 * sentence or several, each with its full stop; it may hold foreign text, which its reader must escape.
 */
export type Sentence = {
  at: string;
  label: string;
  text: string;
  tone: Tone;
  /** The guards of one evaluation, each with its numbers. */
  guards?: readonly GuardSentence[];
};

export type GuardSentence = { guard: string; allowed: boolean; text: string };

/** The words of an action. `vendorName`: the vendor's name for its request. `verified`: the label of a verified target. */
export type ActionWords = { vendorName: string; verified: string };

/** The facts about a remediation that sentences need beside its receipts. */
export type About = {
  words: ActionWords;
  /** The command in a few words (`commandText`). */
  command: string;
  /** Whether it is about several targets: then each verification names its own. */
  several: boolean;
  /** Spells out a time within a sentence. */
  time: (iso: string) => string;
};

/** A receipt of one kind. */
export type Of<Step extends Receipt['step']> = Extract<Receipt, { step: Step }>;
