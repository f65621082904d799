import type { FunctionDescription } from '../description.ts';
import type { RunCredentials } from '../run-credentials.ts';

export interface EnvironmentOptions {
  readonly root: string;
  readonly region: string;
  readonly endpoints: {
    readonly sqs: string;
    readonly dynamodb: string;
    readonly lambda: string;
    readonly ssm: string;
  };
  /** Those of the function. */
  readonly credentials: RunCredentials;
  /** They override the variables of the stack. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** The only variables that a function gets from this machine's environment: a process cannot run without them. */
const inherited = ['PATH', 'TMPDIR'];

/**
 * The environment of a function: the variables of the stack, the variables that Lambda sets ("Defined runtime environment
 * variables" in its Developer Guide), and the variables that point AWS's SDKs to the stand-ins.
 */
export function sandboxEnvironment(
  fn: FunctionDescription,
  options: EnvironmentOptions,
): Record<string, string> {
  const { root, region, endpoints, credentials, overrides } = options;
  const own = inherited.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return {
    ...Object.fromEntries(own),
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    _HANDLER: fn.handler,
    LAMBDA_TASK_ROOT: root,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_SSM: endpoints.ssm,
    ...fn.environment,
    ...overrides,
  };
}
