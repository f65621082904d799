import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** A file of lines with a bound. */
export interface RotatedFile {
  /** Appends a line. It is with the operating system when the function returns, so it survives the end of this process. */
  write(line: string): void;
  close(): void;
}

export type RotationOptions = {
  /** Whether the lines of earlier runs stay. */
  keep: boolean;
  /** A file that would grow beyond this becomes `<file>.1`, that one `<file>.2`, and so on. */
  maxBytes: number;
  /** How many older files stay. */
  files: number;
  /** Gets one sentence when lines begin to be lost, and one when they are written again. */
  onProblem: (problem: string) => void;
};

/** Opens a file for lines. A failed write never throws: a full disk is no reason to end the system that fills it. */
export function openRotatedFile(
  file: string,
  { keep, maxBytes, files, onProblem }: RotationOptions,
): RotatedFile {
  mkdirSync(path.dirname(file), { recursive: true });
  if (!keep) for (let age = 0; age <= files; age += 1) rmSync(aged(file, age), { force: true });
  let descriptor = openSync(file, 'a');
  let bytes = fstatSync(descriptor).size;
  let lost = 0;
  /** Whether the last line has no end: the disk was full in its middle. */
  let isTorn = false;

  function rotate(): void {
    try {
      for (let age = files; age > 0; age -= 1) {
        try {
          renameSync(aged(file, age - 1), aged(file, age));
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
        }
      }
      if (files === 0) rmSync(file, { force: true });
      const next = openSync(file, 'a');
      closeSync(descriptor);
      descriptor = next;
      bytes = fstatSync(descriptor).size;
    } catch (error) {
      // The lines go on in the same file. The next try comes after as many bytes again.
      bytes = 0;
      onProblem(`${file} could not be rotated, and grows: ${messageOf(error)}`);
    }
  }

  function append(text: string): void {
    const content = Buffer.from(text);
    for (let done = 0; done < content.length; ) {
      const written = writeSync(descriptor, content, done);
      done += written;
      bytes += written;
      isTorn = done < content.length;
    }
  }

  return {
    write(line) {
      const length = Buffer.byteLength(line) + 1;
      if (bytes > 0 && bytes + length > maxBytes) rotate();
      try {
        append(`${isTorn ? '\n' : ''}${line}\n`);
        if (lost > 0) {
          onProblem(`${file} is written again; ${lost} lines are missing`);
          lost = 0;
        }
      } catch (error) {
        lost += 1;
        if (lost === 1) onProblem(`lines for ${file} are lost: ${messageOf(error)}`);
      }
    },
    close: () => closeSync(descriptor),
  };
}

function aged(file: string, age: number): string {
  return age === 0 ? file : `${file}.${age}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
