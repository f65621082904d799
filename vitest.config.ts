import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { ALONE } from './test/alone.ts';
import { Mixed } from './test/sequencer.ts';

export default defineConfig(({ mode }) => ({
  resolve: {
    // What the build puts into a bundle is the sample rules file in a test.
    alias: { 'poolkeeper:rules': fileURLToPath(new URL('test/bundled-rules.ts', import.meta.url)) },
  },
  test: {
    // Three more than the two processors that the tests are to be content with: two thirds of a system test are waiting.
    maxWorkers: 5,
    sequence: { sequencer: Mixed },
    // No test is judged by how long it takes: these limits only end what would never end. A wait in a system test ends before: until.ts.
    testTimeout: mode === 'load' ? 1_800_000 : 600_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 150_000 } },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**', ...ALONE],
          // One process loads the code once for many files. What none of them may do then: test/meta/shared-process.test.ts.
          isolate: false,
        },
      },
      {
        test: {
          name: 'alone',
          include: ALONE,
        },
      },
      {
        test: {
          name: 'system',
          globalSetup: 'test/system/stack/bundled-once.ts',
          include: ['test/system/**/*.test.ts'],
          // Takes the machine from everything beside it: npm run load. That also sends more in the largest deliveries.
          exclude: mode === 'load' ? [] : ['test/system/killed-functions.test.ts'],
          env: { LOAD: mode === 'load' ? (process.env['LOAD'] ?? 'full') : 'small' },
        },
      },
    ],
  },
}));
