import * as z from 'zod';
import type { Simulator } from '#local/simulator/simulator';
import type { Door } from './process.ts';

const Accepted = z.looseObject({ remediations: z.array(z.looseObject({ id: z.string() })) });

/** The traffic of a soak: nodes that break, and their alerts, sent as Alertmanager sends them. */
export type Traffic = {
  /** Breaks a node that is well, and begins to send its alert. */
  breakOne(random: () => number): void;
  /** Sends what is due once, and waits for the answers. */
  deliver(door: Door): Promise<void>;
  accepted: { node: string; remediations: string[] }[];
  /** How many deliveries had no answer. */
  repeated(): number;
  /** The number of alerts that no system has accepted yet. */
  waiting(): number;
};

type Alert = { node: string; fingerprint: string; startsAt: string; isAccepted: boolean; endsAt?: string };

/** A node rests this long between two faults, longer than the cooldown of its rule. */
const REST_MS = 60_000;

export function createTraffic({ control }: Pick<Simulator, 'control'>, now: () => number): Traffic {
  const alerts: Alert[] = [];
  const accepted: Traffic['accepted'] = [];
  const brokenAt = new Map<string, number>();
  let repeated = 0;

  const nodes = () => control.state().pools.flatMap((pool) => pool.nodes);

  async function post(door: Door, alert: Alert, status: 'firing' | 'resolved'): Promise<unknown> {
    const { node, fingerprint, startsAt, endsAt = '0001-01-01T00:00:00Z' } = alert;
    const response = await fetch(`${door.url}/alerts/alertmanager`, {
      method: 'POST',
      headers: { authorization: `Bearer ${door.webhookToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        version: '4',
        groupKey: fingerprint,
        status,
        receiver: 'poolkeeper',
        groupLabels: {},
        commonLabels: {},
        commonAnnotations: {},
        externalURL: 'http://alertmanager.example.com',
        alerts: [
          {
            status,
            labels: { alertname: 'CardLost', instance: node },
            annotations: {},
            startsAt,
            endsAt,
            generatorURL: '',
            fingerprint,
          },
        ],
      }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  }

  async function send(door: Door, alert: Alert): Promise<void> {
    try {
      if (!alert.isAccepted) {
        const { remediations } = Accepted.parse(await post(door, alert, 'firing'));
        alert.isAccepted = true;
        accepted.push({ node: alert.node, remediations: remediations.map(({ id }) => id) });
      } else if (alert.endsAt !== undefined) {
        await post(door, alert, 'resolved');
        alerts.splice(alerts.indexOf(alert), 1);
      }
    } catch {
      // Alertmanager sends it again.
      repeated += 1;
    }
  }

  return {
    breakOne(random) {
      const free = nodes().filter(
        ({ name, phase }) => phase === 'Available' && now() - (brokenAt.get(name) ?? 0) > REST_MS,
      );
      const node = free[Math.floor(random() * free.length)];
      if (!node) return;
      brokenAt.set(node.name, now());
      control.changeNode(node.name, { phase: 'Abnormal', driverPhase: 'Abnormal' });
      const startsAt = new Date(now()).toISOString();
      alerts.push({ node: node.name, fingerprint: `${node.name}-${startsAt}`, startsAt, isAccepted: false });
    },
    async deliver(door) {
      const well = new Set(nodes().flatMap(({ name, phase }) => (phase === 'Available' ? [name] : [])));
      for (const alert of alerts)
        if (alert.isAccepted && well.has(alert.node)) alert.endsAt ??= new Date(now()).toISOString();
      await Promise.all(
        alerts
          .filter(({ isAccepted, endsAt }) => !isAccepted || endsAt !== undefined)
          .map((alert) => send(door, alert)),
      );
    },
    accepted,
    repeated: () => repeated,
    waiting: () => alerts.filter(({ isAccepted }) => !isAccepted).length,
  };
}
