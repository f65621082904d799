import * as z from 'zod';
import { requestJson } from './http-json.ts';

const State = z.looseObject({
  pools: z.array(
    z.looseObject({ nodes: z.array(z.looseObject({ name: z.string(), privateIp: z.string() })) }),
  ),
  jobs: z.array(z.looseObject({ id: z.string(), progress: z.number() })),
});

const Healed = z.looseObject({ healed: z.array(z.string()) });

/** The simulator, through its control routes. Every function throws a RequestError. */
export interface SimulatedWorld {
  /** Makes the nodes with these names or private addresses faulty, and ignores unknown ones. @returns their names */
  breakNodes(namesOrAddresses: ReadonlySet<string>): Promise<string[]>;
  /** Makes every faulty node well. @returns their names */
  heal(): Promise<string[]>;
  /** The finished share of a job, 0 to 1. Undefined for an unknown job. */
  progressOf(jobId: string): Promise<number | undefined>;
}

export function createSimulatedWorld(url: string, signal: AbortSignal): SimulatedWorld {
  const state = () => requestJson(State, { method: 'GET', url: `${url}/simulator`, signal });

  return {
    async breakNodes(namesOrAddresses) {
      const { pools } = await state();
      const named = pools
        .flatMap(({ nodes }) => nodes)
        .filter(({ name, privateIp }) => namesOrAddresses.has(name) || namesOrAddresses.has(privateIp));
      const body = { phase: 'Abnormal', driverPhase: 'Abnormal' };
      for (const { name } of named) {
        await requestJson(z.unknown(), {
          method: 'POST',
          url: `${url}/simulator/nodes/${name}`,
          body,
          signal,
        });
      }
      return named.map(({ name }) => name);
    },
    async heal() {
      const request = { method: 'POST', url: `${url}/simulator/heal`, body: {}, signal } as const;
      return (await requestJson(Healed, request)).healed;
    },
    async progressOf(jobId) {
      const { jobs } = await state();
      return jobs.find(({ id }) => id === jobId)?.progress;
    },
  };
}
