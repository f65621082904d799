import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { bundleSimulation } from '../bundle.ts';
import { type Branch, branchesOf } from './branches.ts';
import { countsOf } from './counts.ts';
import { coverageOf, type SourceBranch } from './coverage.ts';
import { placesWithoutCode, reportCoverage } from './report.ts';
import { PROVEN_ELSEWHERE } from './rooms.ts';
import { unreached } from './unreached.ts';

const range = (startOffset: number, endOffset: number, count: number) => ({ startOffset, endOffset, count });

/** All branches of the code as it is, and none of them taken. */
const ofTheCode = coverageOf(await bundleSimulation(), []);

test('the list names only places that are in the code', async () => {
  expect(placesWithoutCode(await ofTheCode, unreached)).toEqual([]);
});

test('each room of the code is checked or proven elsewhere, and where it is proven there are tests', async () => {
  const { strangers } = reportCoverage(await ofTheCode, []);
  expect(strangers).toEqual([]);
  const proofs = PROVEN_ELSEWHERE.map(({ proof }) => proof);
  expect(proofs.filter((proof) => !globSync(`${proof}/*.test.ts`).length)).toEqual([]);
});

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
    'knows a branch by the place %s, in any folder of lib',
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

  test('does not let be what is on the list and is taken all the same, unless by chance', () => {
    const listed = { why: 'a reason', where: ['guards/node.ts'] };
    const { lines, needless } = reportCoverage([branch({ taken: true })], [listed]);
    expect(lines.slice(-2)).toEqual(['on the list, and taken all the same:', '  guards/node.ts']);
    expect(needless).toEqual(['guards/node.ts']);
    expect(reportCoverage([branch({ taken: true })], [{ ...listed, isByChance: true }]).needless).toEqual([]);
  });

  test('lets be what a place has besides, as long as one of its branches is not taken', () => {
    const listed = [{ why: 'a reason', where: ['guards/node.ts'] }];
    expect(reportCoverage([branch({ taken: true }), branch({ line: 9 })], listed).needless).toEqual([]);
  });

  test.each([
    ['lib/guards/deep/down/node.ts', []],
    ['lib/modelarts/replies/node.ts', []],
    ['lib/modelarts/client/node.ts', []],
    ['lib/clock.ts', []],
    ['lib/modelarts/newest/node.ts', ['lib/modelarts/newest']],
    ['lib/newest/node.ts', ['lib/newest']],
  ])('knows a room that is neither checked nor proven elsewhere: %s', (file, strangers) => {
    expect(reportCoverage([branch({ file, taken: true })], []).strangers).toEqual(strangers);
  });

  test('does not name what lies in code that never ran: the branch around it is named', () => {
    expect(reportCoverage([branch({ reached: false })], []).missing).toEqual([]);
  });
});
