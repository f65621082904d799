import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { progressBar } from '#local/screen/progress-bar';
import { createScreen } from '#local/screen/screen';

function screenOn(terminal: object) {
  const stream = Object.assign(new PassThrough(), terminal);
  return { screen: createScreen(stream), written: () => String(stream.read() ?? '') };
}

it('breaks a text at the edge of a terminal and indents it to its column', () => {
  const { screen, written } = screenOn({ isTTY: true, columns: 44 });
  screen.columns('  0.1 s  ', 'one two three four five six seven eight nine');
  expect(written()).toBe('  0.1 s  one two three four five six seven\n         eight nine\n');
});

it('takes a terminal that knows no width, such as a serial line, for one of 80 columns', () => {
  const { screen, written } = screenOn({ isTTY: true, columns: 0 });
  screen.columns('', 'a b '.repeat(15));
  expect(written().trim()).not.toContain('\n');
});

it('keeps a text in one line where there is no terminal, and never moves or colours it', () => {
  const { screen, written } = screenOn({});
  screen.columns('  ', 'x'.repeat(100).replaceAll('xx', 'x '), 'bad');
  screen.moving('moving');
  expect(written()).toBe(`  ${'x '.repeat(50)}\n`);
});

it('the next line takes the place of a moving one, which never reaches the edge', () => {
  const { screen, written } = screenOn({ isTTY: true, columns: 10 });
  screen.moving('0123456789abc');
  screen.line('done');
  screen.line('more');
  expect(written()).toBe('\r\u001b[2K012345678\r\u001b[2Kdone\nmore\n');
});

it('shows progress as a bar that moves, elsewhere as a line for each quarter', () => {
  const terminal = screenOn({ isTTY: true, columns: 80 });
  progressBar(terminal.screen).show('job  ', 0.5);
  expect(terminal.written()).toBe(`\r\u001b[2Kjob  ${'█'.repeat(15)}${'░'.repeat(15)}  50 %`);

  const { screen, written } = screenOn({});
  const bar = progressBar(screen);
  for (const share of [0.1, 0.3, 0.4, 0.8, 1, 1]) bar.show('job  ', share);
  expect(written()).toBe('job  30 %\njob  80 %\njob  100 %\n');
});

it('shows what a terminal would obey, and obeys nothing but its own colours', () => {
  vi.stubEnv('FORCE_COLOR', '1');
  const { screen, written } = screenOn({ isTTY: true, columns: 200 });
  const name = '\u001b]52;c;ZXZpbA==\u0007\u001b[2Jnode\r\nsecond\u202e\u009b1m';
  const shown = '\\u001b]52;c;ZXZpbA==\\u0007\\u001b[2Jnode\\r\\nsecond\\u202e\\u009b1m';
  screen.line(`${name} ${screen.paint('strong', name)}`);
  expect(written()).toBe(`${shown} \u001b[1m${shown}\u001b[22m\n`);
  screen.columns(`${name} `, name, 'bad');
  expect(written()).toBe(`${shown} \u001b[31m${shown}\u001b[39m\n`);
  screen.moving(name);
  expect(written()).toBe(`\r\u001b[2K${shown}`);
  vi.unstubAllEnvs();
});
