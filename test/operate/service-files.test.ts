import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

// The files of docs/operate/self-hosting, checked by the programs that read them. Where a program is not installed, its test is skipped.

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'docs/operate/self-hosting');
const page = readFileSync(path.join(root, 'docs/operate/self-hosting.md'), 'utf8');
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'poolkeeper-service-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The path of a program, which may be one for administrators alone. */
function programOf(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders.map((one) => path.join(one, name)).find((file) => existsSync(file));
}

function run(program: string, args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: scratch, XDG_DATA_HOME: scratch, XDG_CONFIG_HOME: scratch },
  });
  return { status, said: `${stdout}${stderr}` };
}

it('the page shows the configurations of the proxies as they are', () => {
  expect(page).toContain(`\`\`\`caddy\n${read('Caddyfile')}\`\`\``);
  expect(page).toContain(`\`\`\`nginx\n${read('nginx.conf')}\`\`\``);
});

it('the unit names the folders of the page, restarts always, and logs to the journal', () => {
  const unit = read('poolkeeper.service');
  for (const place of ['/opt/poolkeeper', '/etc/poolkeeper/environment', '/etc/poolkeeper/poolkeeper.yml'])
    expect([place, unit.includes(place), page.includes(place)]).toEqual([place, true, true]);
  // A flag would win over the file of the keys, in which a person may name another log.
  expect(unit).toMatch(/^Environment=POOLKEEPER_LOG=-$/m);
  expect(unit).toMatch(/^ExecStart=.* start$/m);
  expect(unit).toMatch(/^Restart=always$/m);
  // A start waits for "Poolkeeper is up", which systemd-notify says from below the main process.
  expect(unit).toMatch(/^Type=notify\nNotifyAccess=all$/m);
  // The signal must not reach the functions at work.
  expect(unit).toMatch(/^KillMode=mixed$/m);
});

it('the script runs commands with the user, the keys, the rules and the data of the unit', () => {
  const [unit, script] = [read('poolkeeper.service'), read('poolkeeper.sh')];
  const settings = [...unit.matchAll(/^(?:Environment=|(?=EnvironmentFile=|StateDirectory|UMask=))(.*)$/gm)];
  expect(settings.length).toBeGreaterThan(5);
  for (const [, setting = ''] of settings)
    expect(script).toMatch(new RegExp(`--(setenv|property)=${setting}`));
  expect(unit).toContain('User=poolkeeper\nGroup=poolkeeper\n');
  expect(script).toContain('--uid=poolkeeper --gid=poolkeeper');
  expect(run('sh', ['-n', path.join(folder, 'poolkeeper.sh')])).toEqual({ status: 0, said: '' });
});

it('systemd-analyze finds nothing wrong with the unit, and little exposed', ({ skip }) => {
  const program = programOf('systemd-analyze');
  if (program === undefined) return skip('systemd-analyze is not installed');
  const unit = path.join(scratch, 'poolkeeper.service');
  writeFileSync(unit, read('poolkeeper.service'));
  const verified = run(program, ['verify', '--man=no', unit]);
  const ours = verified.said.split('\n').filter((line) => line.includes('poolkeeper'));
  expect([verified.status, ours]).toEqual([0, []]);
  const { said } = run(program, ['security', '--offline=true', '--threshold=30', unit]);
  expect(said).toMatch(/Overall exposure level for poolkeeper\.service: [0-2]\.\d OK/);
});

it('nginx accepts its configuration', ({ skip }) => {
  const [nginx, openssl] = [programOf('nginx'), programOf('openssl')];
  if (nginx === undefined || openssl === undefined) return skip('nginx or openssl is not installed');
  const [key, certificate] = ['privkey.pem', 'fullchain.pem'].map((name) => path.join(scratch, name));
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '2'];
  expect(run(openssl, [...made, '-keyout', key!, '-out', certificate!]).status).toBe(0);
  const server = read('nginx.conf').replaceAll('/etc/ssl/poolkeeper', scratch);
  const file = path.join(scratch, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${scratch}/${kind};`,
  );
  const http = ['access_log off;', ...temporary, server].join('\n');
  writeFileSync(file, `pid ${scratch}/pid; error_log stderr; events {} http { ${http} }`);
  const { status, said } = run(nginx, ['-t', '-p', scratch, '-c', file]);
  expect([status, said]).toEqual([0, expect.stringContaining('test is successful')]);
});

it('Caddy accepts its configuration', ({ skip }) => {
  const caddy = programOf('caddy');
  if (caddy === undefined) return skip('caddy is not installed');
  const file = path.join(folder, 'Caddyfile');
  const { status, said } = run(caddy, ['validate', '--adapter', 'caddyfile', '--config', file]);
  expect([status, said]).toEqual([0, expect.stringContaining('Valid configuration')]);
});
