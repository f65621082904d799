import { SQSClient } from '@aws-sdk/client-sqs';
import { strongestToken } from '#lib/callers';
import type { Known } from '#lib/dead-letters/judge';
import { RequestError } from '#local/client/http-json';
import { createLedger } from '#local/client/ledger';
import { findRunningSystem } from '#local/client/system-file';
import { TargetError } from '#local/client/target';

/** A system with dead letters: its queues, and its ledger with the outcomes. */
export type DeadLetterSource = {
  name: string;
  stage: string;
  sqs: SQSClient;
  stateOf: (id: string) => Promise<Known>;
};

/** The stage of `npm start`. */
const LOCAL_STAGE = 'local';

/**
 * Finds the system that runs from this checkout or, with a stage, the one on AWS. For AWS it uses the region and the credentials of
 * the environment, and the ledger at POOLKEEPER_URL with POOLKEEPER_CONSOLE_TOKEN.
 *
 * @throws TargetError if there is none
 */
export async function findDeadLetters(
  root: string,
  stage: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<DeadLetterSource> {
  if (stage !== undefined) {
    const { POOLKEEPER_URL: url, POOLKEEPER_CONSOLE_TOKEN: token = '' } = environment;
    const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
    if (region === undefined) throw new TargetError('Set AWS_REGION to the region of the deployment.');
    const consoleToken = strongestToken(token);
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

function stateIn(url: string, consoleToken: string): DeadLetterSource['stateOf'] {
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
