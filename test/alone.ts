/** Tests that change the process they run in: its environment, its clock, what it writes, or the code that it has loaded. */
export const ALONE = [
  'test/fuzz/fuzz.test.ts',
  'test/{bench,browser,redrive,warm-up}/**/*.test.ts',
  'test/actions/new-action/*.test.ts',
  'test/build/{bundle-page,trimmed-undici,trimmed-zod}.test.ts',
  'test/handler/{on-http,on-queue}.test.ts',
  'test/local/{cloud,functions,http-api,queues,schedules,tables}.test.ts',
  'test/iam/least-privilege.test.ts',
  'test/meta/environment.test.ts',
  'test/stack/schedules.test.ts',
  'test/start/{journal,screen}.test.ts',
  'test/backup/full-disk.test.ts',
  'test/cli/other-user.test.ts',
  // Counts the steps of all loaded code: it must load little.
  'test/rules/glob-steps.test.ts',
];
