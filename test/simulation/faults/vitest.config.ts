import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { faults, makeFault } from './catalogue.ts';

// Without one, the code is as it is: a test that holds a fault has to pass then.
const { FAULT } = process.env;
const fault = faults.find(({ name }) => name === FAULT);
if (FAULT && !fault) throw new Error(`FAULT=${FAULT}: there is no such fault in test/simulation/faults`);
const changed = new Map((fault ? makeFault(fault) : []).map(({ file, text }) => [file, text]));

/** Unit tests with a fault of the catalogue in the code. */
export default defineConfig({
  plugins: [{ name: 'with-fault', enforce: 'pre', load: (id: string) => changed.get(id) }],
  resolve: {
    alias: { 'poolkeeper:rules': fileURLToPath(new URL('../../bundled-rules.ts', import.meta.url)) },
  },
  test: {
    name: 'unit',
    include: ['test/**/*.test.ts'],
    exclude: ['test/system/**', 'test/simulation/**'],
    maxWorkers: 2,
    // It is keyed by files as they are on disk: one fault would be run with the code of another.
    fsModuleCache: false,
    // A mistake may make a test wait without an end.
    testTimeout: 60_000,
  },
});
