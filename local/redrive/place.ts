import { SQSClient } from '@aws-sdk/client-sqs';
import { firstToken } from '#lib/callers';
import { RequestError } from '#local/story/http-json';
import { createLedger } from '#local/story/ledger';
import { findRunningSystem } from '#local/story/system-file';
import { TargetError } from '#local/story/target';
import type { Known } from './judge.ts';

/** Where dead letters are, and who knows what became of them. */
export type Place = {
  name: string;
  stage: string;
  sqs: SQSClient;
  stateOf: (id: string) => Promise<Known>;
};

/** The stage of what `npm start` runs. */
const LOCAL_STAGE = 'local';

/**
 * The system that runs from this checkout, or, where a stage is named, the one on AWS: with the region and the credentials of
 * the environment, and the ledger where POOLKEEPER_URL and POOLKEEPER_CONSOLE_TOKEN say.
 *
 * @throws TargetError when there is none
 */
export async function findPlace(
  root: string,
  stage: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Place> {
  if (stage !== undefined) {
    const { POOLKEEPER_URL: url, POOLKEEPER_CONSOLE_TOKEN: token = '' } = environment;
    const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
    if (region === undefined) throw new TargetError('Set AWS_REGION to the region where it is deployed.');
    const consoleToken = firstToken(token);
    return {
      name: `stage ${stage} in ${region}`,
      stage,
      sqs: new SQSClient({ region }),
      stateOf:
        url === undefined ? () => Promise.resolve('unknown') : stateIn(url.replace(/\/$/, ''), consoleToken),
    };
  }
  const system = await findRunningSystem(root);
  if (!system)
    throw new TargetError(
      'No system runs here. Start one with `npm start` in this checkout, or name a stage on AWS with --stage.',
    );
  const { endpoint, region, credentials } = system.sqs;
  return {
    name: system.url,
    stage: LOCAL_STAGE,
    sqs: new SQSClient({ endpoint, region, credentials }),
    stateOf: stateIn(system.url, system.consoleToken),
  };
}

function stateIn(url: string, consoleToken: string): Place['stateOf'] {
  const ledger = createLedger({ url, consoleToken, webhookToken: '' }, new AbortController().signal);
  return async function stateOf(id) {
    try {
      return (await ledger.show(id)) ?? 'absent';
    } catch (error) {
      if (error instanceof RequestError) return 'unknown';
      throw error;
    }
  };
}
