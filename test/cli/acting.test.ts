import { describe, expect, test } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import { createBench, nodeName, RULES } from '#test/remediation/bench';
import { openConsole } from '../console/console-door.ts';
import { serveConsole, TOKEN } from './served-console.ts';
import { type Given, runCli } from './surroundings.ts';

const RESET = { action: 'reset-nodes', pool: 'train-a', parameters: {}, nodes: [nodeName(1)], id: 'c-1' };

/** A system with a command that waits for an approval. `real`: its ModelArts is no simulator. */
async function waiting({ real = false }: { real?: boolean } = {}) {
  const bench = createBench(RULES);
  for (const node of bench.nodes.values()) node.phase = 'Available';
  bench.nodes.get(nodeName(1))!.phase = 'Abnormal';
  await openConsole(bench)('POST /commands', { body: { ...RESET, mode: 'approve' } });
  await bench.advance(5_000);
  const system = await serveConsole(bench, { simulated: !real });
  const act = (args: readonly string[], given: Given = {}) =>
    runCli(args, {
      environment: { POOLKEEPER_URL: system.url, POOLKEEPER_CONSOLE_TOKEN: TOKEN },
      clock: { now: bench.now, sleep: () => Promise.resolve() },
      ...given,
    });
  const shown = () => bench.remediations().find(({ id }) => id === 'c-1')!;
  return { bench, act, shown, [Symbol.asyncDispose]: () => system[Symbol.asyncDispose]() };
}

describe('approve', () => {
  test('shows the plan, and approves exactly that', async () => {
    await using system = await waiting();
    const { output, code } = await system.act(['approve', 'c-1', '--note', 'checked with the team']);
    expect(code).toBe(0);
    expect(output).toContain(`reset-nodes of ${nodeName(1)} in pool train-a`);
    expect(output).toContain(system.shown().plan!.hash);
    expect(system.shown()).toMatchObject({ approval: { by: 'ada' } });
    const again = await system.act(['approve', 'c-1']);
    expect(again.code).toBe(exitCodes.refused.code);
    expect(again.errors).toContain('No plan of c-1 waits');
  });

  test('asks first against the real API, and does nothing without a yes', async () => {
    await using system = await waiting({ real: true });
    const declined = await system.act(['approve', 'c-1'], { answers: ['no'] });
    expect(declined).toMatchObject({ code: exitCodes.unconfirmed.code });
    expect(declined.errors).toContain('for real.');
    expect(declined.errors).toContain('Nothing was done.');
    const silent = await system.act(['approve', 'c-1']);
    expect(silent.code).toBe(exitCodes.unconfirmed.code);
    expect(silent.errors).toContain('add --yes if you mean it');
    expect(system.shown().state).toBe('awaiting-approval');
    expect((await system.act(['approve', 'c-1'], { answers: ['yes'] })).code).toBe(0);
  });

  test('with --yes and the hash of the plan is for scripts', async () => {
    await using system = await waiting({ real: true });
    const other = await system.act(['approve', 'c-1', '--yes', '--hash', '0'.repeat(32)]);
    expect(other.code).toBe(exitCodes.refused.code);
    expect(other.errors).toContain('Another plan waits now');
    const { hash } = system.shown().plan!;
    const { output, code } = await system.act(['approve', 'c-1', '--yes', '--json', '--hash', hash]);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ id: 'c-1', state: 'submitting' });
  });
});

describe('reject and withdraw', () => {
  test('end it without a call', async () => {
    await using rejected = await waiting();
    expect((await rejected.act(['reject', 'c-1'])).output).toContain('Rejected: reset-nodes of');
    expect(rejected.shown().state).toBe('rejected');
    await using withdrawn = await waiting();
    expect((await withdrawn.act(['withdraw', 'c-1', '--note', 'not needed'])).output).toContain('Taken back');
    expect(withdrawn.shown()).toMatchObject({ state: 'rejected', why: 'ada withdrew it' });
    expect((await withdrawn.act(['reject', 'c-1'])).code).toBe(exitCodes.refused.code);
  });
});

describe('release', () => {
  test('is refused unless a person is needed', async () => {
    await using system = await waiting({ real: true });
    const { errors, code } = await system.act(['release', 'c-1']);
    expect(code).toBe(exitCodes.refused.code);
    expect(errors).toMatch(/^409 /);
  });
});

describe('redrive', () => {
  test('shows that there are none, and fails for a letter that is not there', async () => {
    await using system = await waiting();
    expect((await system.act(['redrive'])).output).toContain('There are no dead letters.');
    const { errors, code } = await system.act(['redrive', '--send', 'no-such-letter']);
    expect(errors).toContain('no-such-letter was not sent back: 404');
    expect(code).toBe(exitCodes.finding.code);
    expect((await system.act(['redrive', '--delete', 'x'])).code).toBe(exitCodes.usage.code);
  });

  test('asks first against the real API', async () => {
    await using system = await waiting({ real: true });
    expect((await system.act(['redrive', '--send-safe'])).code).toBe(exitCodes.unconfirmed.code);
  });
});

describe('a role', () => {
  test('that may only read gets an answer that says so', async () => {
    const bench = createBench(RULES);
    const reader = `r${TOKEN}`;
    await using system = await serveConsole(bench, {
      entries: [`ada:admin:${TOKEN}`, `rita:read:${reader}`],
    });
    const environment = { POOLKEEPER_URL: system.url, POOLKEEPER_CONSOLE_TOKEN: reader };
    await openConsole(bench)('POST /commands', { body: { ...RESET, mode: 'approve' } });
    await bench.advance(5_000);
    const { code, errors } = await runCli(['withdraw', 'c-1'], { environment });
    expect(code).toBe(exitCodes.credential.code);
    expect(errors).toContain('403');
  });
});
