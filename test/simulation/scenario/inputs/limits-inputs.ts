import type { Chance } from '#local/rehearsal/engine/chance';
import type { AlertEpisode, CommandInput, Input, NodeInput } from '../scenario.ts';

export const TRAIN = 'pool-1f3d-6f5da086876d4cd084d36f8bd3346036';
export const SPARE = 'pool-2f3d-6f5da086876d4cd084d36f8bd3346036';

/** The ways to ask for work on a node. */
export type Voice = 'alert' | 'reset' | 'migrate';

/** Everything that is drawn of one crowd: who wants which node, and how. */
export type Crowd = {
  key: string;
  atMs: number;
  /** Within which time after that all of them come. */
  spreadMs: number;
  nodes: readonly string[];
  voices: readonly Voice[];
  /** How likely a command wants another of the nodes, too. */
  more?: number;
};

/** Several people and alerts, each about a node of its own, within moments. */
export function crowdOf(chance: Chance, { key, atMs, spreadMs, nodes, voices, more = 0.12 }: Crowd): Input[] {
  return nodes.map((node): Input => {
    const own = `${key}-${node}`;
    const whenMs = atMs + chance.between(0, spreadMs, `${own}/at`);
    const voice = chance.pick(voices, `${own}/voice`);
    if (voice === 'alert') return alertOf(chance, own, node, whenMs);
    // Some want several at once.
    const others = nodes.filter((other) => other !== node && chance.happens(more, `${own}/with/${other}`));
    return commandOf(own, [node, ...others], whenMs, { voice });
  });
}

/** An alert that is delivered several times while it fires. */
export function alertOf(
  chance: Chance,
  id: string,
  node: string,
  atMs: number,
  changes: Partial<AlertEpisode> = {},
): AlertEpisode {
  return {
    kind: 'alert',
    id,
    atMs,
    pool: TRAIN,
    node,
    alertname: chance.pick(['CardLost', 'LinkDown'], `${id}/name`),
    byAddress: chance.happens(0.2, `${id}/address`),
    fingerprint: `fp-${id}`,
    startsAtMs: atMs - 4_000,
    repeatMs: 120_000,
    deliveries: chance.pick([1, 1, 2, 4], `${id}/deliveries`),
    resolves: 'never',
    twice: chance.happens(0.2, `${id}/twice`),
    ...changes,
  };
}

/** A command of a person: with the time of its evidence, or without it. */
export function commandOf(
  id: string,
  nodes: readonly string[],
  atMs: number,
  {
    voice,
    pool = 'train-a',
    hasEvidence = true,
  }: { voice: Voice; pool?: 'train-a' | 'spare'; hasEvidence?: boolean },
): CommandInput {
  const action = voice === 'migrate' ? 'migrate-nodes' : 'reset-nodes';
  return {
    kind: 'command',
    id,
    atMs,
    via: 'queue',
    action,
    body: {
      id,
      action,
      pool,
      nodes,
      parameters:
        voice === 'migrate'
          ? {
              toPoolName: pool === 'spare' ? 'train-a' : 'spare',
              resourceSpec: { flavor: 'modelarts.bm.npu.8' },
            }
          : { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } },
      ...(hasEvidence && { evidenceAt: new Date(atMs - 1_000).toISOString() }),
      mode: 'act',
    },
  };
}

export function happening(id: string, node: string, atMs: number, happens: NodeInput['happens']): NodeInput {
  return { kind: 'node', id, atMs, pool: TRAIN, node, happens };
}
