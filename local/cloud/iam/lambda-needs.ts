import { arnOf } from '../account.ts';
import type { CloudDescription, FunctionDescription } from '../description.ts';
import { verdictOn } from './policy.ts';
import type { Call } from './statement.ts';

/**
 * The calls that Lambda itself makes with the role of a function: it writes the log, reads the queue, and buries an event that all tries have
 * failed over (Lambda Developer Guide, "Defining Lambda function permissions with an execution role", "Using Lambda with Amazon SQS", and
 * "Capturing records of Lambda asynchronous invocations").
 */
export function lambdaNeeds(
  { name, failuresTo }: Pick<FunctionDescription, 'name' | 'failuresTo'>,
  { mappings, queues }: Pick<CloudDescription, 'mappings' | 'queues'>,
  region: string,
): Call[] {
  const log = arnOf({ region }, 'logs', `log-group:/aws/lambda/${name}:log-stream:any`);
  const read = mappings
    .filter(({ functionName }) => functionName === name)
    .flatMap(({ queueName }) => queues.filter((queue) => queue.name === queueName))
    .flatMap(({ arn }) =>
      ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
        action: `sqs:${action}`,
        resource: arn,
      })),
    );
  return [
    ...['CreateLogStream', 'PutLogEvents'].map((action) => ({ action: `logs:${action}`, resource: log })),
    ...read,
    ...(failuresTo === undefined ? [] : [{ action: 'sqs:SendMessage', resource: failuresTo }]),
  ];
}

/**
 * Checks the roles as Lambda does when it connects a function with its queue. Without the permissions for the log, AWS would lose it.
 *
 * @throws Error that names each function, with the actions that its role lacks
 */
export function assertLambdaMay(description: CloudDescription, region: string): void {
  const problems = description.functions.flatMap((fn) => {
    const lacking = lambdaNeeds(fn, description, region).filter(
      (call) => verdictOn(fn.role.statements, call) !== 'allowed',
    );
    if (lacking.length === 0) return [];
    const actions = lacking.map(({ action, resource }) => `${action} on ${resource}`);
    return [`the role ${fn.role.name} of ${fn.name} does not allow ${actions.join(', ')}`];
  });
  if (problems.length > 0) throw new Error(`Lambda cannot run this stack: ${problems.join('; ')}`);
}
