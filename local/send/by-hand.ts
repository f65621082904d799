import { authorization, type ShownToken } from '#local/client/authorization';
import type { Target } from '#local/client/target';

type Door = { url: string; token: ShownToken };

/** The shell command that reads the ledger. */
export function ledgerLines({ url, token }: Door): string[] {
  return [`curl -H ${authorization(token)} \\`, `  ${url}/remediations`];
}

/** The shell command that posts a notification as Alertmanager does. */
export function alertLines({ url, token }: Door, file: string): string[] {
  return [`curl -H ${authorization(token)} \\`, `  -d @${file} ${url}/alerts/alertmanager`];
}

/** More to do with a running system, as shell commands. `sample`: the path of an alert. */
export function byHand(
  { url, webhookToken, webhookTokenVariable, consoleToken, consoleTokenVariable, simulatorUrl }: Target,
  sample: string,
): string {
  const recipes = [
    {
      what: 'The ledger: every action and its reason',
      lines: ledgerLines({ url, token: { value: consoleToken, variable: consoleTokenVariable } }),
    },
    ...(simulatorUrl === undefined
      ? []
      : [
          {
            what: 'An alert, posted as Alertmanager does',
            lines: alertLines(
              { url, token: { value: webhookToken, variable: webhookTokenVariable } },
              sample,
            ),
          },
          {
            what: 'A node that stays broken: first this, then its alert, alerts/by-address.json',
            lines: [
              `curl -d '{"staysBroken":true}' \\`,
              `  ${simulatorUrl}/simulator/nodes/os-node-created-gbjl2`,
            ],
          },
          {
            what: 'Nodes that break and raise their Cloud Eye alarms by themselves',
            lines: [
              `curl -X PATCH -d '{"raisesAlarms":true,"nodeFailuresPerDay":2}' \\`,
              `  ${simulatorUrl}/simulator`,
            ],
          },
        ]),
  ];
  return recipes
    .flatMap(({ what, lines }) => [`  ${what}`, ...lines.map((line) => `    ${line}`), ''])
    .join('\n');
}
