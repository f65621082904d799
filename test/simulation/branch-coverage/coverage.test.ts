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
  inFunction: 'phaseVerdict',
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

  test.each([
    ['function f() { if (a) b(); }', ['f', 'f', 'f']],
    ['const f = () => { g(() => a && b()); };', ['f', 'f', 'f']],
    ['const f = { g() { if (a) b(); } };', ['g', 'g', 'g']],
    ['class A { g() { b(); } } if (a) b();', ['g', '', '']],
  ])('bear the name of the function around them: %s', (code, names) => {
    expect(branchesOf(parseAst(code)).map(({ inFunction }) => inFunction)).toEqual(names);
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
  });

  test.each(['node.ts', 'guards/node.ts', 'node.ts phaseVerdict', 'node.ts phaseVerdict: if (node.phase)'])(
    'knows a branch by the place %s, in whichever folder of lib',
    (place) => {
      const listed = [{ why: 'a reason', where: [place] }];
      const moved = branch({ file: 'lib/remediation/guards/node.ts' });
      expect(reportCoverage([branch({}), moved], listed)).toMatchObject({ missing: [], needless: [] });
    },
  );

  test.each(['node.ts gone', 'node.ts phaseVerdict: if (phase)', 'ledger/node.ts', 'de.ts'])(
    'knows no branch by the place %s, which is not in the code',
    (place) => {
      const { missing, needless } = reportCoverage([branch({})], [{ why: 'a reason', where: [place] }]);
      expect([missing.length, needless]).toEqual([1, [place]]);
    },
  );

  test('says what is on the list and is taken all the same, and lets it be', () => {
    const listed = [{ why: 'a reason', where: ['guards/node.ts'] }];
    const { lines, needless } = reportCoverage([branch({ taken: true })], listed);
    expect(lines.slice(-2)).toEqual(['on the list, and taken all the same:', '  guards/node.ts']);
    expect(needless).toEqual([]);
  });

  test('does not name what lies in code that never ran: the branch around it is named', () => {
    expect(reportCoverage([branch({ reached: false })], []).missing).toEqual([]);
  });
});
