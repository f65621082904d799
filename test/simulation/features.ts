/** Which parts of the product are there to be held to their promises. */
export type Features = {
  /** Budgets, storms, breakers, windows and failure domains. */
  limits: boolean;
  /** More than the first rung of a ladder. */
  ladder: boolean;
  /** Notices to targets. */
  notify: boolean;
  /** Somebody who finishes what others left half done. */
  sweep: boolean;
};

export const features: Features = { limits: false, ladder: false, notify: false, sweep: false };
