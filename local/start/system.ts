import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createLogger, type Logger } from '#lib/log';
import { missingVariables } from '#lib/rules/notify-secrets';
import type { Rules, VersionedRules } from '#lib/rules/rules';
import { startControlDoor } from '#local/backup/control-door';
import { removeCopies } from '#local/backup/take-backup';
import { readRules } from '#local/build/read-rules';
import { RULES_VARIABLE } from '#local/build/rules-variable';
import { forSimulator } from '#local/build/simulated-rules';
import { stopwatch } from '#local/build/stopwatch';
import { type RunningSystem, removeSystemFile, writeSystemFile } from '#local/client/system-file';
import { type Cloud, startCloud } from '#local/cloud/cloud';
import { urlOf } from '#local/cloud/listen-address';
import { DataError, unwritableLedger } from '#local/data/data-error';
import { openLedgerDirectory } from '#local/data/format';
import { keptPlaces, simulatedPlaces } from '#local/data/places';
import { startSmnStandIn } from '#local/smn/stand-in';
import { describeStack } from '#local/stack/describe';
import { secretsApart } from '#local/stack/secrets';
import { type Activity, createActivity, mayHaveChangedLedger } from './activity.ts';
import { keepCounters } from './counters.ts';
import { openLog } from './function-log.ts';
import { createRulesFiles, prepareFunctions } from './functions-of-run.ts';
import { queueUrls } from './queue-urls.ts';
import type { ReservedPort } from './reserved-port.ts';
import type { Settings } from './settings.ts';
import { simulatorRoute } from './simulator-route.ts';
import { startCloudEye } from './start-cloud-eye.ts';
import { StartError } from './start-error.ts';
import { addPools, SPEED, startModelArts } from './start-simulator.ts';
import { zeroCounters } from './zero-counters.ts';

/** A person who tries out the simulator sees its pools change within a minute, also without an alert. */
const SIMULATED_RATES = { sweep: 1 };

export type StartedSystem = AsyncDisposable & {
  system: RunningSystem;
  /** Delivers every delayed message now. A function whose command has come too early puts it back. */
  deliverNow(): void;
  /** Aborts with a DataError when the disk has taken no write. The system must end then: its ledger answers no more. */
  broken: AbortSignal;
  activity: Activity;
  /** The rules file as it was at the start, and the warnings about it. */
  rules: { inForce: VersionedRules; warnings: readonly string[] };
  /**
   * Puts other rules in force. Each later invocation of any function has them; invocations at work end with the rules that they began with.
   * If it rejects, the former rules stay in force.
   *
   * @returns lines about secrets that the new rules need and this run does not have
   */
  takeOver(rules: VersionedRules): Promise<string[]>;
  /** Writes into the log of the functions. */
  log: Logger;
};

/** The folders of a system. Absolute. */
export type Places = {
  /** The checkout, or the installed package. */
  root: string;
  isCheckout: boolean;
  /** The folder against which the rules file is resolved. */
  directory: string;
  /** The folder that has, or gets, `.poolkeeper`. */
  data: string;
};

export type SystemOptions = {
  places: Places;
  settings: Settings;
  port: ReservedPort;
  /** Receives one line for each finished step, and the warnings, which are notable. */
  report: (line: string, tone?: 'notable') => void;
  /** Gets the log of the functions, if the settings send it to standard output. */
  output: NodeJS.WritableStream;
  signal: AbortSignal;
  /** For an API that is no real one, and runs so many times as fast: its waits are shorter. @default 1 */
  speed?: number;
};

/**
 * Builds the functions and starts all their services on this machine. Its disposal ends every process, port and timer of it,
 * and removes its entry in .poolkeeper/system.json.
 *
 * @throws RulesError, BuildError or StartError, after it has stopped all started parts
 */
export async function startSystem({
  places,
  settings,
  port,
  report,
  output,
  signal,
  speed = settings.modelarts.kind === 'simulator' ? SPEED : 1,
}: SystemOptions): Promise<StartedSystem> {
  const { config, webhookToken, consoleToken, secrets, modelarts } = settings;
  const simulates = modelarts.kind === 'simulator';
  await using parts = new AsyncDisposableStack();

  const { data } = places;
  const kept = keptPlaces(data);
  const own = simulates ? simulatedPlaces(data) : kept;
  const outDir = own.build;
  const lap = stopwatch();
  const warnings: string[] = [];
  const rulesPath = path.resolve(places.directory, config);
  let rulesText = '';
  let inForce = await readRules(places.directory, config, { warn: (line) => warnings.push(line) });
  rulesText = await readFile(rulesPath, 'utf8');
  for (const warning of warnings) report(warning, 'notable');
  report(`${config} checked in ${lap()}`);
  await prepareFunctions({ ...places, outDir, report });
  signal.throwIfAborted();
  for (const line of unsetSecrets(inForce, secrets)) report(line, 'notable');
  const writeRules = createRulesFiles(outDir);
  const ofFunctions = (rules: VersionedRules): VersionedRules =>
    speed === 1 ? rules : forSimulator(rules, speed);
  const rules = ofFunctions(inForce);
  const rulesFile = await writeRules(rules);

  const { variables, simulator } = await startModelArts(modelarts, rules, parts);
  const simulatorUrl = simulator?.url;
  const smn = simulates ? parts.use(await startSmnStandIn(Date.now())) : undefined;
  const log = openLog(places.directory, settings, own.log, { report, output });
  parts.defer(() => log.close());
  const activity = createActivity();
  if (!simulates) {
    await removeCopies(kept);
    for (const line of await openLedgerDirectory(kept.ledger)) report(line);
  }
  const countersFile = own.counters;
  await mkdir(path.dirname(countersFile), { recursive: true });
  const counters = parts.use(
    await keepCounters(countersFile, { keep: !simulates, onWarning: (line) => report(line, 'notable') }),
  );
  counters.begin(zeroCounters(rules));

  await port.release();
  // With any free port the address is not known before the functions start.
  const ownUrl = settings.port === 0 ? '' : urlOf(settings.host, settings.port);
  const publicUrl = settings.publicUrl ?? ownUrl;
  const startedAtMs = performance.now();
  let consoleUrl = '';
  const describe = (some: Rules) => describeStack(some, speed === 1 ? {} : { rates: SIMULATED_RATES });
  const { environment, parameters } = secretsApart({
    ...variables,
    ...smn?.variables,
    ...secrets,
    POOLKEEPER_PUBLIC_URL: publicUrl,
    POOLKEEPER_WEBHOOK_TOKEN: webhookToken.accepted,
    POOLKEEPER_CONSOLE_TOKEN: consoleToken.accepted,
    POOLKEEPER_SIMULATED: String(simulates),
    POOLKEEPER_COUNTERS_FILE: countersFile,
  });
  let failure: DataError | undefined;
  const broken = new AbortController();
  const fail = (error: unknown): void => {
    failure ??= unwritableLedger(kept.ledger, error);
    broken.abort(failure);
  };
  const cloud = await startCloud({
    describe: describe(rules),
    root: outDir,
    port: settings.port,
    host: settings.host,
    hosts: settings.hosts,
    environment: { ...environment, [RULES_VARIABLE]: rulesFile },
    parameters,
    ...(!simulates && { kept: { directory: kept.ledger, onFailure: fail } }),
    ...(simulatorUrl !== undefined && { localRoute: simulatorRoute(simulatorUrl, () => consoleUrl) }),
    onLog(functionName, line) {
      log.write(functionName, line);
      counters.take(line);
      if (mayHaveChangedLedger(functionName, line)) activity.note();
    },
    onWarning: (line) => report(line, 'notable'),
  }).catch((error: unknown) => {
    if (failure) throw failure;
    // A directory of an older version, or one that another program holds.
    if (simulates || !(error instanceof Error) || error instanceof DataError) throw error;
    throw new StartError(`${kept.ledger}: ${error.message}`, { cause: error });
  });
  parts.defer(() => cloud.stop());
  consoleUrl = cloud.url;
  if (simulates) readPools(cloud);
  if (simulator && smn)
    parts.use(startCloudEye({ rules: () => inForce, simulator, signer: smn.signer, url: cloud.url }));
  report(`queues, ledger and HTTP API started in ${((performance.now() - startedAtMs) / 1000).toFixed(2)} s`);

  const control = simulates
    ? undefined
    : parts.use(
        await startControlDoor({
          cloud,
          places: kept,
          rules: () => ({ version: inForce.version, text: rulesText }),
        }),
      );

  const system: RunningSystem = {
    pid: process.pid,
    url: cloud.url,
    webhookToken: webhookToken.value,
    consoleToken: consoleToken.value,
    ...(webhookToken.variable !== undefined && { webhookTokenVariable: webhookToken.variable }),
    ...(consoleToken.variable !== undefined && { consoleTokenVariable: consoleToken.variable }),
    ...(simulatorUrl !== undefined && { simulatorUrl }),
    ...(smn && { smn: smn.signer }),
    sqs: {
      endpoint: cloud.sqsEndpoint,
      region: REGION,
      credentials: cloud.credentials,
      queues: queueUrls(cloud),
    },
    lambda: { endpoint: cloud.lambdaEndpoint, credentials: cloud.credentials },
    ...(control && { control: { endpoint: control.endpoint, credentials: cloud.credentials } }),
  };
  parts.defer(() => removeSystemFile(data));
  await writeSystemFile(data, system);
  const started = parts.move();
  return {
    system,
    deliverNow() {
      for (const { queueName } of cloud.description.mappings) cloud.deliverNow(queueName);
    },
    broken: broken.signal,
    activity,
    rules: { inForce, warnings },
    async takeOver(next) {
      const file = await writeRules(ofFunctions(next));
      if (simulator) addPools(next, simulator);
      cloud.renew({ describe: describe(next), environment: { ...environment, [RULES_VARIABLE]: file } });
      counters.begin(zeroCounters(next));
      inForce = next;
      rulesText = await readFile(rulesPath, 'utf8').catch(() => '');
      return unsetSecrets(next, secrets);
    },
    log: createLogger({ function: 'start' }, { write: (line) => log.write('start', line) }),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** One line about the secrets of recipients that this run does not have, if there are any. */
function unsetSecrets({ notify }: Pick<Rules, 'notify'>, secrets: Settings['secrets']): string[] {
  const missing = missingVariables(notify, secrets);
  if (missing.length === 0) return [];
  return [
    `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set: notices that need it fail until it is, after a new start`,
  ];
}

/** Has the simulated pools read at once. People need not wait for the first sweep by the clock to see their nodes. */
function readPools(cloud: Cloud): void {
  void cloud.invoke('sweep', { time: new Date().toISOString() });
}

/** The stand-ins for AWS. */
const REGION = 'us-east-1';
