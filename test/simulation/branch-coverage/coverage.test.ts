import { describe, expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { type Branch, branchesOf } from './branches.ts';
import { countsOf } from './counts.ts';
import type { SourceBranch } from './coverage.ts';
import { reportCoverage } from './report.ts';

const range = (startOffset: number, endOffset: number, count: number) => ({ startOffset, endOffset, count });

test('the innermost range says how often code ran', () => {
  const count = countsOf([
    { ranges: [range(0, 100, 1)] },
    { ranges: [range(10, 50, 7), range(20, 30, 0), range(40, 50, 2)] },
  ]);
  expect([0, 10, 19, 20, 29, 30, 40, 49, 50, 99, 100].map(count)).toEqual([1, 7, 7, 0, 0, 7, 2, 2, 1, 1, 0]);
});

const kindsIn = (code: string) => branchesOf(parseAst(code)).map(({ kind }: Branch) => kind);

const branch = (changes: Partial<SourceBranch>): SourceBranch => ({
  kind: 'then',
  file: 'lib/guards/node.ts',
  line: 7,
  text: 'if (node.phase) return;',
  taken: false,
  reached: true,
  ...changes,
});

describe('the branches of code', () => {
  test.each([
    ['if (a) b();', ['then', 'else']],
    ['if (a) b(); else if (c) d();', ['then', 'else', 'then', 'else']],
    ['const x = a ? b : c ?? d();', ['then', 'else', 'right side']],
    ['const x = a ?? 7;', []],
    ['function f() { for (const a of b) c(a); }', ['function', 'loop']],
    ['try { a(); } catch { b(); }', ['catch']],
    ['switch (a) { case 1: case 2: b(); break; default: c(); }', ['case', 'case']],
    ['const f = (a = b && !c) => a;', ['right side', 'function']],
  ])('%s', (code, kinds) => {
    expect(kindsIn(code)).toEqual(kinds);
  });

  test('an else that is not written is where the condition is', () => {
    const code = 'if (a) b();';
    const [then, otherwise] = branchesOf(parseAst(code));
    expect([then?.offset, otherwise?.offset, otherwise?.insteadOf]).toEqual([7, 7, 4]);
  });
});

describe('the report', () => {
  test('names what no world takes, unless the list has it', () => {
    const branches = [branch({ taken: true, line: 1 }), branch({}), branch({ file: 'lib/aws/queue.ts' })];
    expect(reportCoverage(branches, []).missing).toEqual([branches[1]]);
    const listed = [{ file: 'lib/guards/node.ts', code: 'if (node.phase)', why: 'a reason' }];
    expect(reportCoverage(branches, listed)).toMatchObject({ missing: [], needless: [] });
  });

  test('names what is on the list for nothing', () => {
    const listed = [{ file: 'lib/guards/node.ts', why: 'a reason' }];
    expect(reportCoverage([branch({ taken: true })], listed).needless).toEqual([
      'lib/guards/node.ts: all of it',
    ]);
  });

  test('does not name what lies in code that never ran: the branch around it is named', () => {
    expect(reportCoverage([branch({ reached: false })], []).missing).toEqual([]);
  });
});
