import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from './serverless-declaration.ts';

const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

// Vitest loads code in its own way. A program that only tests load may still be one that Node.js cannot run.
test.each(['simulate', 'simulate:faults', 'fuzz', 'soak', 'bench'])(
  'npm run %s loads all its code, and says its options',
  async (name) => {
    const [, ...args] = scripts[name].split(' ');
    const { stdout } = await promisify(execFile)(process.execPath, [...args, '--help'], { cwd: root });
    expect(stdout).toContain(`npm run ${name} -- [`);
  },
);
