import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export type Import = {
  /** As it is written. */
  specifier: string;
  /** The imported file relative to the checkout, or the package's specifier. */
  target: string;
  /** `import type`: nothing of it is left when the code runs. */
  typesOnly: boolean;
  statement: string;
};

export type SourceFile = { file: string; text: string; imports: Import[] };

const STATEMENT = /^(?:import|export)\b(?:[^'"();]*?\bfrom)?\s*'([^']+)'|\bimport\('([^']+)'\)/gm;

/** Every source file below these folders, with its imports. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }))
    .map((found) => {
      const file = found.split(path.sep).join('/');
      const text = readFileSync(path.join(root, file), 'utf8');
      return { file, text, imports: importsIn(file, text) };
    });
}

function importsIn(file: string, text: string): Import[] {
  return Array.from(text.matchAll(STATEMENT), ([statement, from, dynamic]) => {
    const specifier = from ?? dynamic ?? '';
    return {
      specifier,
      target: targetOf(file, specifier),
      typesOnly: /^(import|export)\s+type\b/.test(statement),
      statement,
    };
  });
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return `${specifier.slice(1)}.ts`;
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier);
  return specifier;
}
