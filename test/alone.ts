/** Tests that change the process they run in: its environment, its clock, what it writes, or the code that it has loaded. */
export const ALONE = [
  'test/fuzz/fuzz.test.ts',
  'test/{aws,bench,browser,build,handler,ledger,local,redrive,stack,start}/**/*.test.ts',
  'test/actions/new-action/*.test.ts',
  'test/meta/environment.test.ts',
  // Counts the steps of all code that is loaded, so that little is to be.
  'test/rules/glob-steps.test.ts',
];
