import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { errorsOn } from '#local/screen/journal';
import { createScreen } from '#local/screen/screen';
import { openLog } from '#local/start/function-log';
import { tellSystemd } from '#local/start/tell-systemd';

let folder: string;
let fd: number;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'poolkeeper-journal-'));
  fd = openSync(path.join(folder, 'journal'), 'w');
  const { dev, ino } = fstatSync(fd, { bigint: true });
  vi.stubEnv('JOURNAL_STREAM', `${dev}:${ino}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

/** A stream with a file descriptor, as standard error has one. */
function streamOn(descriptor: number) {
  const stream = Object.assign(new PassThrough(), { fd: descriptor });
  return { stream, written: () => String(stream.read() ?? '') };
}

it('the journal gets the levels of lines for people', () => {
  const { stream, written } = streamOn(fd);
  const screen = createScreen(stream);
  screen.line('up');
  screen.columns('', 'careful', 'notable');
  screen.columns('failed  ', 'node-1', 'plain', 'bad');
  expect(written()).toBe('up\n<4>careful\n<3>failed  node-1\n');
  errorsOn(stream).write('two\nlines\n');
  expect(written()).toBe('<3>two\n<3>lines\n');
});

it('the journal gets the levels of the functions', () => {
  const { stream, written } = streamOn(fd);
  const log = { target: '-', maxBytes: 0, files: 0 };
  const lines = openLog(folder, { log, modelarts: { kind: 'api', endpoint: '', variables: {} } }, '', {
    report: () => {},
    output: stream,
  });
  for (const level of ['info', 'warn', 'error'])
    lines.write('sweep', JSON.stringify({ time: '2026', level, message: '"level":"error"' }));
  lines.write('sweep', 'no JSON');
  const priorities = written()
    .trimEnd()
    .split('\n')
    .map((line) => /^(<\d>)?\{/.exec(line)?.[1]);
  expect(priorities).toEqual([undefined, '<4>', '<3>', undefined]);
});

it('a stream that leads elsewhere gets no levels', () => {
  const other = openSync(path.join(folder, 'file'), 'w');
  for (const { stream, written } of [streamOn(other), streamOn(9999)]) {
    createScreen(stream).columns('', 'careful', 'notable');
    expect(written()).toBe('careful\n');
    expect(errorsOn(stream)).toBe(stream);
  }
  closeSync(other);
});

it('tells systemd that the system is up, and says so if that fails', async () => {
  const onProblem = vi.fn<(line: string) => void>();
  await tellSystemd('Up', { PATH: folder }, onProblem);
  expect(onProblem).not.toHaveBeenCalled();
  const environment = { PATH: folder, NOTIFY_SOCKET: '/run/systemd/notify' };
  await tellSystemd('Up', environment, onProblem);
  expect(onProblem).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/^systemd does not know .*systemd-notify/),
  );
  const told = path.join(folder, 'told');
  const program = `#!/bin/sh\necho "$NOTIFY_SOCKET" "$@" >${told}\n`;
  writeFileSync(path.join(folder, 'systemd-notify'), program, { mode: 0o755 });
  await tellSystemd('Up at http://[::1]:3000', environment, onProblem);
  expect(readFileSync(told, 'utf8')).toBe('/run/systemd/notify --ready --status=Up at http://[::1]:3000\n');
  expect(onProblem).toHaveBeenCalledOnce();
});
