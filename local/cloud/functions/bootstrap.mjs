// The process of one sandbox: does around a handler what AWS's own runtime for Node.js 24 does, over the same Runtime API.
// Importing node:http in an ES module would read all its exports, and so load an HTTP client without any use here.
const { Agent, request } = process.getBuiltinModule('node:http');
const { existsSync } = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');
const { pathToFileURL } = process.getBuiltinModule('node:url');

const environment = process.env;
const { _HANDLER: handlerPath = '', LAMBDA_TASK_ROOT: root = '' } = environment;
const agent = new Agent({ keepAlive: true });
// The Runtime API serves this run alone, and AWS's clients send the same.
const ownHeaders = {
  'content-type': 'application/json',
  'x-amz-security-token': environment.AWS_SESSION_TOKEN ?? '',
};
let currentRequestId;

// The parent holds the other end. When that closes, the parent has died, and this process must end itself.
process.stdin
  .on('end', () => process.exit(1))
  .on('error', () => process.exit(1))
  .resume();
// Ctrl-C reaches every process of the terminal; the parent ends its sandboxes itself.
process.on('SIGINT', () => {});
process.on('uncaughtException', (error) => void giveUp(error, 129));
process.on('unhandledRejection', (reason) => {
  void giveUp(namedError('Runtime.UnhandledPromiseRejection', String(reason), reason), 128);
});

/** Resolves with headers and body. The parent is gone when the connection is: then there is nothing left to do. */
function call(method, operation, body) {
  return new Promise((done) => {
    const url = `http://${environment.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/${operation}`;
    const sent = request(url, { method, agent, headers: ownHeaders }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => done({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
      response.on('error', () => process.exit(1));
    });
    sent.on('error', () => process.exit(1));
    sent.end(body);
  });
}

function namedError(name, message, cause) {
  const error = new Error(message, { cause });
  error.name = name;
  return error;
}

/** What was thrown, error or not, as the Runtime API takes it. */
function errorReport(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
}

function reportError(label, operation, error) {
  process.stderr.write(`ERROR\t${label}\t${JSON.stringify(errorReport(error))}\n`);
  return call('POST', operation, JSON.stringify(errorReport(error)));
}

async function giveUp(error, exitCode) {
  const subject = currentRequestId === undefined ? 'init' : `invocation/${currentRequestId}`;
  await reportError('Uncaught Exception', `${subject}/error`, error);
  process.exit(exitCode);
}

/** Finds `path/of/module.export`; the extensions and the order in which they are tried are those of AWS's runtime. */
async function loadHandler() {
  const parts = /^([^.]*)\.(.*)$/.exec(path.basename(handlerPath));
  if (!parts)
    throw namedError('Runtime.MalformedHandlerName', `"${handlerPath}" is not like path/of/module.export`);
  const [, moduleName, exportName] = parts;
  const base = path.resolve(root, path.dirname(handlerPath), moduleName);
  const file = ['', '.js', '.mjs', '.cjs']
    .map((extension) => base + extension)
    .find((name) => existsSync(name));
  if (file === undefined) throw namedError('Runtime.ImportModuleError', `Cannot find module '${base}'`);
  const module = await import(pathToFileURL(file).href);
  const handler = findExport(module, exportName) ?? findExport(module.default, exportName);
  if (typeof handler !== 'function')
    throw namedError('Runtime.HandlerNotFound', `${handlerPath} is not an exported function`);
  if (handler.length >= 3) {
    throw namedError(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24: ' +
        `${handlerPath} declares ${handler.length} parameters, two are allowed`,
    );
  }
  return handler;
}

const findExport = (module, name) => name.split('.').reduce((nested, key) => nested?.[key], module);

function contextOf(headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  await reportError('Init Error', 'init/error', error);
  process.exit(1);
}

for (;;) {
  currentRequestId = undefined;
  const { headers, body } = await call('GET', 'invocation/next');
  currentRequestId = headers['lambda-runtime-aws-request-id'];
  const operation = `invocation/${currentRequestId}`;
  try {
    const answer = await handler(JSON.parse(body), contextOf(headers));
    await call('POST', `${operation}/response`, JSON.stringify(answer === undefined ? null : answer));
  } catch (error) {
    await reportError('Invoke Error', `${operation}/error`, error);
  }
}
