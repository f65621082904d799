import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  resolve: {
    // What the build puts into a bundle is the sample rules file in a test.
    alias: { 'poolkeeper:rules': fileURLToPath(new URL('test/bundled-rules.ts', import.meta.url)) },
  },
  test: {
    // System tests wait for the clock more than they compute.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**'],
          // Properties compute for a while, on a machine that may have other work.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          // Takes the machine from everything beside it: npm run load.
          exclude: mode === 'load' ? [] : ['test/system/killed-functions.test.ts'],
          env: { LOAD: process.env['LOAD'] ?? 'full' },
          testTimeout: 150_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
}));
