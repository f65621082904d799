import { isRecord } from '#lib/is-record';
import { intrinsicIn } from './intrinsic.ts';
import { sampleOf } from './sample.ts';
import { type Finding, ofType, type Template } from './template.ts';

const LAMBDA = 'AWS::Lambda::Function';
const QUEUE = 'AWS::SQS::Queue';
const MAPPING = 'AWS::Lambda::EventSourceMapping';

/** SQS's visibility timeout without a word about it. */
const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_TIMEOUT_SECONDS = 3;
/** AWS advises six times (Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping"). */
const ADVISED_TIMES = 6;
/** Lambda's limit of all variables of a function. */
const ENVIRONMENT_BYTES = 4096;
/** Lambda reads more messages than SQS gives at once only within a window. */
const BATCH_WITHOUT_WINDOW = 10;

/** The logical id of the resource that a value refers to. */
export function targetOf(value: unknown): string | undefined {
  const { name, argument } = intrinsicIn(value) ?? {};
  if (name === 'Ref') return String(argument);
  if (name !== 'Fn::GetAtt') return undefined;
  return String([argument].flat()[0]).split('.')[0];
}

/** The refusals of Lambda and SQS that no schema shows. */
export function checkFunctionsAndQueues(template: Template): Finding[] {
  return [...checkMappings(template), ...checkDeadLetters(template), ...checkEnvironments(template)];
}

function checkMappings(template: Template): Finding[] {
  return ofType(template, MAPPING).flatMap(({ logicalId, properties }) => {
    const queueId = targetOf(properties['EventSourceArn']) ?? '';
    const functionId = targetOf(properties['FunctionName']) ?? '';
    const queue = template.Resources[queueId];
    const fn = template.Resources[functionId];
    const { BatchSize: batch, MaximumBatchingWindowInSeconds: window = 0 } = properties;
    const needsWindow = typeof batch === 'number' && batch > BATCH_WITHOUT_WINDOW && !(Number(window) >= 1);
    const found = needsWindow
      ? [
          `${logicalId} (${MAPPING}): BatchSize is ${batch}, so MaximumBatchingWindowInSeconds must be 1 or more`,
        ]
      : [];
    if (queue?.Type !== QUEUE || fn?.Type !== LAMBDA) return found;
    const { VisibilityTimeout: visibility = DEFAULT_VISIBILITY_SECONDS } = queue.Properties ?? {};
    const { Timeout: timeout = DEFAULT_TIMEOUT_SECONDS } = fn.Properties ?? {};
    if (Number(visibility) >= ADVISED_TIMES * Number(timeout)) return found;
    const refused = Number(visibility) < Number(timeout);
    return [
      ...found,
      `${queueId} (${QUEUE}): VisibilityTimeout is ${String(visibility)} s, but ${functionId} may run for ${String(timeout)} s: ` +
        (refused
          ? `Lambda refuses the mapping ${logicalId}`
          : `AWS advises ${ADVISED_TIMES} times that, so that no message comes again during a run`),
    ];
  });
}

function checkDeadLetters(template: Template): Finding[] {
  return ofType(template, QUEUE).flatMap(({ logicalId, properties }) => {
    const { RedrivePolicy: policy } = properties;
    if (!isRecord(policy)) return [];
    const { deadLetterTargetArn: to, maxReceiveCount: count } = policy;
    const target = targetOf(to);
    const place = `${logicalId} (${QUEUE}): RedrivePolicy`;
    return [
      ...(target !== undefined && template.Resources[target]?.Type !== QUEUE
        ? [`${place}.deadLetterTargetArn refers to ${target}, which is no queue`]
        : []),
      ...(to === undefined ? [`${place}.deadLetterTargetArn is required`] : []),
      ...(Number.isInteger(count) && Number(count) >= 1 && Number(count) <= 1000
        ? []
        : [`${place}.maxReceiveCount must be a whole number from 1 to 1000`]),
    ];
  });
}

function checkEnvironments(template: Template): Finding[] {
  return ofType(template, LAMBDA).flatMap(({ logicalId, properties }) => {
    const { Environment: environment } = properties;
    const variables = isRecord(environment) ? environment['Variables'] : undefined;
    if (!isRecord(variables)) return [];
    const place = `${logicalId} (${LAMBDA}): Environment.Variables`;
    const bytes = Buffer.byteLength(JSON.stringify(sampleOf(template, variables)));
    const wrong = Object.keys(variables).filter(
      (name) => !/^[A-Za-z]\w+$/.test(name) || name.startsWith('AWS_'),
    );
    return [
      ...(bytes > ENVIRONMENT_BYTES
        ? [`${place} has ${bytes} bytes, but may have ${ENVIRONMENT_BYTES}`]
        : []),
      ...wrong.map((name) => `${place}.${name} is no name that Lambda takes`),
    ];
  });
}
