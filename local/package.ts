import path from 'node:path';
import { buildPackage } from './build/build-package.ts';
import { endWith } from './screen/complain.ts';

await buildPackage(path.resolve(import.meta.dirname, '..')).catch((error: unknown) => {
  endWith(error, (one): one is Error => one instanceof Error && one.name === 'BuildError');
});
