import type { Screen } from '#local/story/screen';
import type { Settings, Token } from './settings.ts';

/** What there is to try in events/, and what each shows under the rules of poolkeeper.yml. */
const samples = [
  ['alert-npu-card-lost.json', 'again: now refused'],
  ['alert-by-address.json', 'a node by private IP'],
  ['alert-group.json', 'three nodes, one call'],
  ['alert-observed.json', 'what would be done'],
  ['alert-resolved.json', 'over: only evidence'],
  ['alert-unknown-node.json', 'nodes nobody knows'],
  ['command-reset-nodes.json', 'a command on its queue'],
  ['command-update-nodes.json', 'tags for two nodes'],
  ['command-migrate-nodes.json', 'what would be done'],
  ['command-update-node-pool.json', 'what would be done'],
  ['command-delete-node-pool.json', 'waits for approval'],
] as const;

type Place = { url: string; settings: Settings };

/** Says where the system is, what opens it and where it writes to. */
export function greet(screen: Screen, { url, settings }: Place, more: readonly [string, string][]): void {
  const { webhookToken, consoleToken } = settings;
  screen.line();
  screen.line(
    `${screen.paint('strong', `Poolkeeper is up: ${url}`)}  (on this machine only; Ctrl-C ends it)`,
  );
  screen.line();
  const rows = [['webhook token', shown(webhookToken)], ['console token', shown(consoleToken)], ...more];
  for (const [name = '', text = ''] of rows) screen.line(`  ${screen.paint('dim', name.padEnd(16))}${text}`);
}

/** What to try next, on the simulator. */
export function suggestTrials(screen: Screen, place: Place, simulatorUrl: string): void {
  const suggest = suggestion(screen);
  screen.line();
  screen.line(screen.paint('strong', 'Try next, in another terminal'));
  suggest('What was done, and why: the ledger', ledgerLines(place));
  suggest('Samples: nodes become faulty, alerts are sent, and you see what comes of it', []);
  for (const [file, shows] of samples) {
    screen.line(`    ${`npm run send -- events/${file}`.padEnd(52)}  ${screen.paint('dim', shows)}`);
  }
  suggest('An alert, posted as Alertmanager does', alertLines(place, 'events/alert-by-address.json'));
  suggest('A node that no reset helps: first this, then its alert, alert-by-address.json', [
    `curl -d '{"staysBroken":true}' \\`,
    `  ${simulatorUrl}/simulator/nodes/os-node-created-gbjl2`,
  ]);
}

/** How to connect a real Alertmanager. */
export function suggestConnection(screen: Screen, place: Place): void {
  const { url, settings } = place;
  const suggest = suggestion(screen);
  screen.line();
  screen.line(
    screen.paint('strong', 'Nothing is sent by itself. To connect an Alertmanager on this machine'),
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
  suggest('Or by hand, with a notification of your own', alertLines(place, 'notification.json'));
  suggest('What was done, and why: the ledger', ledgerLines(place));
}

function suggestion(screen: Screen): (what: string, lines: readonly string[]) => void {
  return (what, lines) => {
    screen.line();
    screen.line(`  ${what}`);
    for (const line of lines) screen.line(`    ${line}`);
  };
}

function ledgerLines({ url, settings: { consoleToken } }: Place): string[] {
  return [`curl -H ${authorization(consoleToken)} \\`, `  ${url}/remediations`];
}

function alertLines({ url, settings: { webhookToken } }: Place, file: string): string[] {
  return [`curl -H ${authorization(webhookToken)} \\`, `  -d @${file} ${url}/alerts/alertmanager`];
}

/** A token from the environment is a secret, and not shown. */
function shown({ value, variable }: Token): string {
  return variable === undefined ? value : `(yours, from ${variable})`;
}

/** The header for a shell; of several tokens in a variable the first is used. */
function authorization({ value, variable }: Token): string {
  return variable === undefined
    ? `'authorization: Bearer ${value}'`
    : `"authorization: Bearer \${${variable}%%,*}"`;
}
