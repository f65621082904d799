import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRotatedFile, type RotatedFile } from '#local/data/rotated-file';

let folder: string;
let problems: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'poolkeeper-log-'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => path.join(folder, 'functions.log');
const open = (more: { keep?: boolean; maxBytes?: number; files?: number } = {}): RotatedFile =>
  openRotatedFile(file(), {
    keep: true,
    maxBytes: 100,
    files: 2,
    onProblem: (line) => problems.push(line),
    ...more,
  });
const linesOf = (name: string) => readFileSync(path.join(folder, name), 'utf8').split('\n').slice(0, -1);

it('loses no line at the turn, and keeps the number of files', () => {
  const log = open({ files: 99 });
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index} ${'x'.repeat(index % 40)}`);
  for (const line of lines) log.write(line);
  log.close();
  const files = readdirSync(folder);
  const oldestFirst = files.toSorted((left, right) => age(right) - age(left));
  expect(oldestFirst.flatMap(linesOf)).toEqual(lines);
  for (const one of files) expect(readFileSync(path.join(folder, one)).length).toBeLessThanOrEqual(100);
});

const age = (name: string) => Number(/\.(\d+)$/.exec(name)?.[1] ?? 0);

it('keeps no more older files than it may', () => {
  const log = open();
  for (let index = 0; index < 50; index += 1) log.write(`line ${index} ${'x'.repeat(40)}`);
  log.close();
  expect(readdirSync(folder).toSorted()).toEqual(['functions.log', 'functions.log.1', 'functions.log.2']);
  expect(linesOf('functions.log.2')[0]).toMatch(/^line 44 /);
  open({ files: 0 }).write('x'.repeat(90));
  expect(linesOf('functions.log')).toEqual(['x'.repeat(90)]);
});

it('goes on in the file of an earlier run, or begins anew', () => {
  open().write('first');
  open().write('second');
  expect(linesOf('functions.log')).toEqual(['first', 'second']);
  for (let index = 0; index < 9; index += 1) open().write('x'.repeat(60));
  open({ keep: false }).write('third');
  expect(readdirSync(folder)).toEqual(['functions.log']);
  expect(linesOf('functions.log')).toEqual(['third']);
});

it('writes a line that is longer than the bound whole', () => {
  const log = open();
  log.write('y'.repeat(500));
  log.write('next');
  expect([linesOf('functions.log'), linesOf('functions.log.1')]).toEqual([['next'], ['y'.repeat(500)]]);
});

it('says that it cannot rotate, and goes on', () => {
  const log = open({ files: 1 });
  log.write('x'.repeat(99));
  // A folder in the way.
  mkdirSync(path.join(folder, 'functions.log.1', 'full'), { recursive: true });
  log.write('after');
  expect(problems).toEqual([expect.stringMatching(/functions\.log could not be rotated, and grows: /)]);
  expect(linesOf('functions.log')).toEqual(['x'.repeat(99), 'after']);
});

it.runIf(existsSync('/dev/full'))('survives a full disk, and says when lines begin to be lost', () => {
  const log = openRotatedFile('/dev/full', {
    keep: true,
    maxBytes: 1e9,
    files: 0,
    onProblem: (line) => problems.push(line),
  });
  log.write('one');
  log.write('two');
  log.close();
  expect(problems).toEqual([expect.stringMatching(/lines for \/dev\/full are lost: ENOSPC/)]);
});
