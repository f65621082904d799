import path from 'node:path';
import { RequestError } from './client/http-json.ts';
import { createLedger, type Ledger } from './client/ledger.ts';
import type { RunningSystem } from './client/system-file.ts';
import type { Screen } from './screen/screen.ts';
import { greet, suggestConnection, suggestTrials } from './start/greeting.ts';
import { countOpen, goesOn, OPEN_STATES, type OpenWork, pickedUp } from './start/open-work.ts';
import { refuseSecondSystem } from './start/refuse-second.ts';
import { reservePort } from './start/reserved-port.ts';
import { followRules } from './start/rules/follow-rules.ts';
import { readSettings } from './start/settings.ts';
import { StartError } from './start/start-error.ts';
import { tellStory } from './start/story.ts';
import { DATA_DIR, LOG_FILE, type Places, startSystem } from './start/system.ts';
import { watchLedger } from './start/watch.ts';

export type StartOptions = {
  places: Places;
  environment: Readonly<Record<string, string | undefined>>;
  screen: Screen;
  /** Ends the system. */
  signal: AbortSignal;
  /** Checks the access to the real API with the variables of the functions, before anything starts. If it rejects, nothing does. */
  examine?: (variables: Readonly<Record<string, string>>) => Promise<void>;
};

/**
 * Brings the whole system up on this machine, and keeps it up until the signal aborts: then it rejects, after everything has ended.
 *
 * @throws ConfigError, StartError, RulesError or BuildError, each for the reader
 */
export async function start({ places, environment, screen, signal, examine }: StartOptions): Promise<void> {
  const settings = readSettings(environment);
  await refuseSecondSystem(places.data);
  const port = await reservePort(settings.port);
  await using parts = new AsyncDisposableStack();
  parts.defer(() => port.release());

  screen.line(screen.paint('strong', 'Poolkeeper'));
  if (settings.modelarts.kind === 'api') await examine?.(settings.modelarts.variables);
  signal.throwIfAborted();
  const report = (line: string): void => screen.columns('  ', line, 'dim');
  const started = parts.use(await startSystem({ places, settings, port, report, signal }));
  const { system, activity, rules } = started;
  const { url, simulatorUrl } = system;
  const ledger = createLedger(system, signal);
  await ledger.newest().catch((error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    throw new StartError(`The functions do not work: ${error.message} (${LOG_FILE})`, { cause: error });
  });

  const rulesRow: [string, string] = [
    'rules',
    `${settings.config}  (version ${rules.inForce.version}; a change counts as soon as you save it, if it is valid)`,
  ];
  if (simulatorUrl !== undefined) {
    const usesOwnKeys = settings.modelarts.kind === 'simulator' && 'accessKey' in settings.modelarts.keys;
    await tellStory({ root: places.root, usesOwnKeys, simulatorUrl, target: system, ledger, screen, signal });
    greet(screen, { url, settings }, [
      rulesRow,
      ['function log', LOG_FILE],
      ['simulator', `${simulatorUrl}/simulator`],
    ]);
    suggestTrials(screen, places.isCheckout ? undefined : 'npx poolkeeper send');
  } else if (settings.modelarts.kind === 'api') {
    greet(screen, { url, settings }, [
      ['ModelArts', settings.modelarts.endpoint],
      rulesRow,
      ['function log', LOG_FILE],
      ['ledger, queues', `${DATA_DIR}  (kept; the rules apply at their own pace)`],
      ['picked up', pickedUp(await openWork(ledger))],
    ]);
    suggestConnection(screen, { url, settings });
  }
  screen.line();
  screen.line(screen.paint('dim', 'Every change of state shows here.'));
  try {
    await Promise.all([
      watchLedger({ ledger, screen, activity: () => activity.next(signal), signal }),
      followRules({
        path: path.resolve(places.directory, settings.config),
        file: settings.config,
        ...rules,
        takeOver: (next) => started.takeOver(next),
        screen,
        log: started.log,
        signal,
      }),
    ]);
  } finally {
    await sayFarewell(screen, simulatorUrl === undefined ? system : undefined);
  }
}

/** How long the end waits for the ledger. */
const FAREWELL_MS = 3_000;

/** Says what goes on without the system. `kept`: the system whose ledger stays. */
async function sayFarewell(screen: Screen, kept: RunningSystem | undefined): Promise<void> {
  screen.line();
  if (!kept) {
    screen.columns(
      '',
      'The simulated pools and the ledger of this run are gone: the next start begins anew.',
      'dim',
    );
    return;
  }
  const work = await openWork(createLedger(kept, AbortSignal.timeout(FAREWELL_MS))).catch(() => undefined);
  for (const line of goesOn(work)) screen.columns('', line);
}

async function openWork(ledger: Ledger): Promise<OpenWork> {
  const { remediations, more } = await ledger.inStates(OPEN_STATES);
  return countOpen(
    remediations.map(({ state }) => state),
    more,
  );
}
