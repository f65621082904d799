import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { faults, makeFault } from './catalogue.ts';

const { FAULT } = process.env;
const fault = faults.find(({ name }) => name === FAULT);
if (!fault) throw new Error(`FAULT=${FAULT}: there is no such fault in test/simulation/faults`);
const changed = new Map(makeFault(fault).map(({ file, text }) => [file, text]));

/** Unit tests with a fault of the catalogue in the code. */
export default defineConfig({
  plugins: [
    { name: 'with-fault', enforce: 'pre', load: (id: string) => changed.get(id.replace(/\?.*$/, '')) },
  ],
  resolve: {
    alias: { 'poolkeeper:rules': fileURLToPath(new URL('../../bundled-rules.ts', import.meta.url)) },
  },
  test: {
    name: 'unit',
    include: ['test/**/*.test.ts'],
    exclude: ['test/system/**', 'test/simulation/**'],
    maxWorkers: 2,
    // A mistake may make a test wait for ever.
    testTimeout: 60_000,
  },
});
