import { buildCommand, type Command } from '@stricli/core';
import { notes, readFlags, type SimulatorFlags } from '#local/simulator/command-line';
import { greeting, runSimulator } from '#local/simulator/run-simulator';
import type { Simulator } from '#local/simulator/simulator';
import { type Context, writeJson } from '../../context.ts';
import { flag, option, options } from '../../flags.ts';

async function run(this: Context, { json, ...flags }: SimulatorFlags & { json: boolean }): Promise<void> {
  const tell = (simulator: Simulator): void => {
    if (!json) for (const line of greeting(simulator).split('\n')) this.screen.line(line);
    else writeJson(this, factsOf(simulator));
  };
  await runSimulator(readFlags(flags), tell, this.stopSignal());
}

/** The facts that a program needs for its calls. */
function factsOf({ url, credentials, projectId, control }: Simulator): object {
  const { pools, settings } = control.state();
  const named = pools.map(({ name, id, nodes }) => ({ name, id, nodes: nodes.map((node) => node.name) }));
  return { url, ...credentials, projectId, speed: settings.speed, pools: named };
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `A simulator of ModelArts on 127.0.0.1: try your rules on it, at any speed and with
any fault.

${notes}`,
    },
    parameters: {
      flags: {
        port: option('number', 'The port; 0: any free one; default 4010'),
        speed: option('factor', 'Simulated seconds for each second; default 1'),
        nodes: option('count', 'Nodes of each pool; default 8'),
        pool: options('name[=nodes]', 'A pool beside train-a, not quarantine; repeatable'),
        seed: option('text', 'Same seed: same names, durations and chances'),
        jobDuration: option('seconds', 'Median simulated time of a job for a node; 360'),
        jobJitter: option('sigma', 'Spread around it, 0: none; default 0.25'),
        nodeFailuresPerDay: option('rate', 'How often a well node fails by itself; 0'),
        fault: options('fault', 'A deliberate failure, see above; repeatable'),
        batchUpdateAnswer: option('shape', 'Lists of batch-update: objects or strings'),
        nodeStatusWithout: option('parts', 'Omitted parts: driver, os, plugins; with commas'),
        accessKey: option('text', 'The access key of requests'),
        secretKey: option('text', 'The secret key of requests'),
        projectId: option('text', 'The project of requests'),
        json: flag('Writes { url, accessKey, secretKey, projectId, speed, pools } as JSON'),
      },
    },
    func: run,
  });
}
