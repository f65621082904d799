import type { ShownToken } from '#local/client/authorization';
import { consolePage } from '#local/client/console-page';
import { isWide, isWildcard } from '#local/cloud/listen-address';
import type { Screen } from '#local/screen/screen';
import { alertLines, ledgerLines } from '#local/send/by-hand';
import { firstSamples } from '#local/send/samples';
import type { Settings, Token } from './settings.ts';

type RunningTarget = {
  url: string;
  settings: Settings;
  /** A path as the user would write it. */
  show: (file: string) => string;
};

/** Says where the system is, which tokens open it, and where it writes to. */
export function greet(
  screen: Screen,
  { url, settings, show }: RunningTarget,
  more: readonly [string, string][],
): void {
  const { webhookToken, consoleToken, host } = settings;
  const reach = isWide(host) ? 'other machines reach it' : 'on this machine only';
  screen.line();
  const end = screen.isTerminal ? 'Ctrl-C' : 'SIGTERM';
  screen.line(`${screen.paint('strong', `Poolkeeper is up: ${url}`)}  (${reach}; ${end} ends it)`);
  screen.line();
  const rows = [
    ['console', consolePage(url, shownToken(consoleToken))],
    ['webhook token', shown(webhookToken, show)],
    ['console token', shown(consoleToken, show)],
    ...more,
  ];
  for (const [name = '', text = ''] of rows) screen.line(`  ${screen.paint('dim', name.padEnd(16))}${text}`);
}

/** The meaning of an address that other machines reach. None if only this machine does. */
export function explainHost({ host, hosts }: Pick<Settings, 'host' | 'hosts'>): string[] {
  if (!isWide(host)) return [];
  const names = hosts.length === 0 ? '' : `, ${hosts.join(', ')}`;
  return [
    '',
    `HOST is ${host}: every machine that reaches ${isWildcard(host) ? 'an address of this one' : 'this address'} can send requests, and tokens ` +
      'and answers are readable on the way. Put a proxy with TLS before it (docs/operate/self-hosting.md).',
    `A request must name this machine by its address or by localhost${names}: POOLKEEPER_HOSTS adds names, separated by commas.`,
  ];
}

/** The next things to try on the simulator. `send`: how the user calls the command of that name. */
export function suggestTrials(screen: Screen, send = 'npm run send --'): void {
  screen.line();
  screen.line(screen.paint('strong', 'Try next, in another terminal'));
  const trials = [
    ...firstSamples.map(({ file, shows }) => [`events/${file}`, shows]),
    ['--list', 'all samples'],
    ['--heal', 'every node is well'],
  ];
  const width = Math.max(...trials.map(([what = '']) => send.length + 1 + what.length));
  for (const [what = '', shows = ''] of trials)
    screen.line(`  ${`${send} ${what}`.padEnd(width)}  ${screen.paint('dim', shows)}`);
}

/** How to connect a real Alertmanager. */
export function suggestConnection(screen: Screen, target: RunningTarget): void {
  const { url, settings, show } = target;
  const { webhookToken, consoleToken } = settings;
  const suggest = suggestion(screen);
  screen.line();
  screen.line(
    screen.paint('strong', 'The system sends no alert by itself. To connect an Alertmanager on this machine'),
  );
  for (const line of [
    'receivers:',
    '  - name: poolkeeper',
    '    webhook_configs:',
    `      - url: ${url}/alerts/alertmanager`,
    '        send_resolved: true',
    '        http_config:',
    `          authorization: { ${credentials(webhookToken)} }`,
  ]) {
    screen.line(`    ${line}`);
  }
  suggest(
    'Or by hand, with a notification of your own',
    alertLines({ url, token: shownToken(webhookToken, show) }, 'notification.json'),
  );
  suggest(
    'The ledger: every action and its reason',
    ledgerLines({ url, token: shownToken(consoleToken, show) }),
  );
}

function suggestion(screen: Screen): (what: string, lines: readonly string[]) => void {
  return (what, lines) => {
    screen.line();
    screen.line(`  ${what}`);
    for (const line of lines) screen.line(`    ${line}`);
  };
}

/** How Alertmanager gets a token. */
function credentials({ value, variable, file }: Token): string {
  if (variable !== undefined) return 'credentials: <your webhook token>';
  return file === undefined ? `credentials: ${value}` : `credentials_file: ${file}`;
}

/** A token of the environment or of a file is a secret, and not shown: the output may go to a journal. */
function shown({ value, variable, file }: Token, show: (file: string) => string): string {
  if (variable !== undefined) return `(yours, from ${variable})`;
  return file === undefined ? value : `in ${show(file)}  (kept; POOLKEEPER_…_TOKEN replaces it)`;
}

/** A token for the lines that people copy. */
function shownToken({ value, variable, file }: Token, show = (path: string): string => path): ShownToken {
  return { value, variable, ...(file !== undefined && { file: show(file) }) };
}
