// Logical ids in CloudFormation, and names in the AWS account.

/** `reset-nodes` → `ResetNodes`. */
export function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The logical id of the ledger. */
export const LEDGER_TABLE = 'LedgerTable';

export const queueId = (name: string): string => `${pascalCase(name)}Queue`;
export const deadLetterQueueId = (name: string): string => `${pascalCase(name)}DeadLetterQueue`;
export const roleId = (name: string): string => `${pascalCase(name)}Role`;

/** The Serverless Framework derives the logical ids of its own resources, and writes a hyphen as `Dash`. */
const frameworkId = (name: string): string =>
  `${name.slice(0, 1).toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}`;
export const functionId = (name: string): string => `${frameworkId(name)}LambdaFunction`;
export const logGroupId = (name: string): string => `${frameworkId(name)}LogGroup`;

/** The name of a resource of a stage in the account. */
export const named = (stage: string, name?: string): string =>
  name === undefined ? `poolkeeper-${stage}` : `poolkeeper-${stage}-${name}`;

/** The folder of a stage's secrets in Parameter Store, as serverless.yml has it. */
export const secretsPath = (stage: string): string => `/poolkeeper/${stage}/`;

/** The name of a dead-letter queue without its stage. */
export const deadLetters = (name: string): string => `${name}-dlq`;
