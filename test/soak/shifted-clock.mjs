// Preloaded into a process whose clock is ahead of this machine's by SOAK_CLOCK_MS milliseconds.
const aheadMs = Number(process.env.SOAK_CLOCK_MS ?? 0);
if (aheadMs !== 0) {
  const OwnDate = globalThis.Date;
  globalThis.Date = class Date extends OwnDate {
    constructor(...args) {
      if (args.length === 0) super(OwnDate.now() + aheadMs);
      else super(...args);
    }
    static now() {
      return OwnDate.now() + aheadMs;
    }
  };
}
