import { consolePage } from '#local/client/console-page';
import type { Screen } from '#local/screen/screen';
import { alertLines, ledgerLines } from '#local/send/by-hand';
import { firstSamples } from '#local/send/samples';
import type { Settings, Token } from './settings.ts';

type RunningTarget = { url: string; settings: Settings };

/** Says where the system is, which tokens open it, and where it writes to. */
export function greet(
  screen: Screen,
  { url, settings }: RunningTarget,
  more: readonly [string, string][],
): void {
  const { webhookToken, consoleToken } = settings;
  screen.line();
  screen.line(
    `${screen.paint('strong', `Poolkeeper is up: ${url}`)}  (on this machine only; Ctrl-C ends it)`,
  );
  screen.line();
  const rows = [
    ['console', consolePage(url, consoleToken)],
    ['webhook token', shown(webhookToken)],
    ['console token', shown(consoleToken)],
    ...more,
  ];
  for (const [name = '', text = ''] of rows) screen.line(`  ${screen.paint('dim', name.padEnd(16))}${text}`);
}

/** The next things to try on the simulator. `send`: how the user calls the command of that name. */
export function suggestTrials(screen: Screen, send = 'npm run send --'): void {
  screen.line();
  screen.line(screen.paint('strong', 'Try next, in another terminal'));
  const trials = [
    ...firstSamples.map(({ file, shows }) => [`events/${file}`, shows]),
    ['--list', 'all samples'],
    ['--heal', 'every node is well again'],
  ];
  for (const [what = '', shows = ''] of trials)
    screen.line(`  ${`${send} ${what}`.padEnd(52)}  ${screen.paint('dim', shows)}`);
}

/** How to connect a real Alertmanager. */
export function suggestConnection(screen: Screen, target: RunningTarget): void {
  const { url, settings } = target;
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
    `          authorization: { credentials: ${settings.webhookToken.variable ? '<your webhook token>' : settings.webhookToken.value} }`,
  ]) {
    screen.line(`    ${line}`);
  }
  suggest(
    'Or by hand, with a notification of your own',
    alertLines({ url, token: settings.webhookToken }, 'notification.json'),
  );
  suggest('The ledger: every action and its reason', ledgerLines({ url, token: settings.consoleToken }));
}

function suggestion(screen: Screen): (what: string, lines: readonly string[]) => void {
  return (what, lines) => {
    screen.line();
    screen.line(`  ${what}`);
    for (const line of lines) screen.line(`    ${line}`);
  };
}

/** A token from the environment is a secret, and not shown. */
function shown({ value, variable }: Token): string {
  return variable === undefined ? value : `(yours, from ${variable})`;
}
