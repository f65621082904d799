import { authorization } from '#local/client/authorization';
import type { Screen } from '#local/screen/screen';
import { samples } from '#local/send/samples';
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
  const rows = [['webhook token', shown(webhookToken)], ['console token', shown(consoleToken)], ...more];
  for (const [name = '', text = ''] of rows) screen.line(`  ${screen.paint('dim', name.padEnd(16))}${text}`);
}

/** The next things to try on the simulator. */
export function suggestTrials(screen: Screen, target: RunningTarget, simulatorUrl: string): void {
  const suggest = suggestion(screen);
  screen.line();
  screen.line(screen.paint('strong', 'Try next, in another terminal'));
  for (const { what, files } of samples) {
    suggest(what, []);
    for (const { file, shows } of files.filter(({ first }) => first)) {
      screen.line(`    ${`npm run send -- events/${file}`.padEnd(52)}  ${screen.paint('dim', shows)}`);
    }
  }
  suggest('All samples', ['npm run send']);
  suggest('The ledger: every action and its reason', ledgerLines(target));
  suggest('An alert, posted as Alertmanager does', alertLines(target, 'events/alert-by-address.json'));
  suggest('A node that stays broken: first this, then its alert, alert-by-address.json', [
    `curl -d '{"staysBroken":true}' \\`,
    `  ${simulatorUrl}/simulator/nodes/os-node-created-gbjl2`,
  ]);
  suggest('Nodes that break and raise their Cloud Eye alarms by themselves', [
    `curl -X PATCH -d '{"raisesAlarms":true,"nodeFailuresPerDay":2}' \\`,
    `  ${simulatorUrl}/simulator`,
  ]);
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
  suggest('Or by hand, with a notification of your own', alertLines(target, 'notification.json'));
  suggest('The ledger: every action and its reason', ledgerLines(target));
}

function suggestion(screen: Screen): (what: string, lines: readonly string[]) => void {
  return (what, lines) => {
    screen.line();
    screen.line(`  ${what}`);
    for (const line of lines) screen.line(`    ${line}`);
  };
}

function ledgerLines({ url, settings: { consoleToken } }: RunningTarget): string[] {
  return [`curl -H ${authorization(consoleToken)} \\`, `  ${url}/remediations`];
}

function alertLines({ url, settings: { webhookToken } }: RunningTarget, file: string): string[] {
  return [`curl -H ${authorization(webhookToken)} \\`, `  -d @${file} ${url}/alerts/alertmanager`];
}

/** A token from the environment is a secret, and not shown. */
function shown({ value, variable }: Token): string {
  return variable === undefined ? value : `(yours, from ${variable})`;
}
