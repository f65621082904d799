import path from 'node:path';
import { spanText } from '#lib/sentences/time';
import { RequestError } from './client/http-json.ts';
import { createLedger, type Ledger } from './client/ledger.ts';
import type { RunningSystem } from './client/system-file.ts';
import { watchClock } from './cloud/watch-clock.ts';
import { claimDirectory } from './data/claim.ts';
import { assertRoom, watchRoom } from './data/disk-space.ts';
import { keptPlaces, shownPath, simulatedPlaces } from './data/places.ts';
import type { Screen, Tone } from './screen/screen.ts';
import { explainHost, greet, suggestConnection, suggestTrials } from './start/greeting.ts';
import { countOpen, goesOn, OPEN_STATES, type OpenWork, pickedUp } from './start/open-work.ts';
import { refuseSecondSystem } from './start/refuse-second.ts';
import { reservePort } from './start/reserved-port.ts';
import { followRules } from './start/rules/follow-rules.ts';
import { readSettings, type Settings, withKeptTokens } from './start/settings.ts';
import { StartError } from './start/start-error.ts';
import { tellStory } from './start/story.ts';
import { type Places, type StartedSystem, startSystem } from './start/system.ts';
import { watchLedger } from './start/watch.ts';

export type StartOptions = {
  places: Places;
  environment: Readonly<Record<string, string | undefined>>;
  screen: Screen;
  /** Gets the log of the functions, if the settings send it to standard output. */
  output: NodeJS.WritableStream;
  /** Ends the system. */
  signal: AbortSignal;
  /** Whether a valid change of the rules file counts at once. Otherwise it counts at the next start. @default true */
  followsRules?: boolean;
  /** Checks the access to the real API with the variables of the functions, before anything starts. If it rejects, nothing does. */
  examine?: (variables: Readonly<Record<string, string>>) => Promise<void>;
  /** Hears of the system when it is up. */
  onUp?: (system: RunningSystem) => void;
};

/**
 * Brings the whole system up on this machine, and keeps it up until the signal aborts: then it rejects, after everything has ended.
 *
 * @throws ConfigError, DataError, StartError, RulesError or BuildError, each for the reader
 */
export async function start({
  places,
  environment,
  screen,
  output,
  signal,
  followsRules = true,
  examine,
  onUp,
}: StartOptions): Promise<void> {
  let settings = readSettings(environment);
  await refuseSecondSystem(places.data);
  await using parts = new AsyncDisposableStack();
  const { folder } = keptPlaces(places.data);
  parts.defer(await claimDirectory(folder));
  const port = await reservePort(settings.port, settings.host);
  parts.defer(() => port.release());

  if (settings.modelarts.kind === 'api') await assertRoom(folder);

  screen.line(screen.paint('strong', 'Poolkeeper'));
  const report = (line: string, tone: Tone = 'dim'): void => screen.columns('  ', line, tone);
  const { modelarts } = settings;
  if (modelarts.kind === 'api') {
    settings = await withKeptTokens(settings, keptPlaces(places.data).tokens, (line) =>
      screen.columns('  ', line, 'notable'),
    );
    await examine?.(modelarts.variables);
  }
  signal.throwIfAborted();
  const started = parts.use(await startSystem({ places, settings, port, report, output, signal }));
  const { system, activity, rules } = started;
  const { url, simulatorUrl } = system;
  const logged = loggedTo(settings, places);
  const ledger = createLedger(system, signal);
  await ledger.newest().catch((error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    started.broken.throwIfAborted();
    throw new StartError(`The functions do not work: ${error.message} (${logged})`, { cause: error });
  });

  const rulesRow: [string, string] = [
    'rules',
    `${settings.config}  (version ${rules.inForce.version}; ${followsRules ? 'a change counts as soon as you save it, if it is valid' : 'a change counts at the next start'})`,
  ];
  const show = (file: string): string => shownPath(file, places.directory);
  if (simulatorUrl !== undefined) {
    const usesOwnKeys = modelarts.kind === 'simulator' && 'accessKey' in modelarts.keys;
    await tellStory({ root: places.root, usesOwnKeys, simulatorUrl, target: system, ledger, screen, signal });
    greet(screen, { url, settings, show }, [
      rulesRow,
      ['function log', logged],
      ['simulator', `${simulatorUrl}/simulator`],
      [
        'ledger, queues',
        'in memory: this run with the simulator forgets everything, its tokens too, when it ends',
      ],
    ]);
    suggestTrials(screen, places.isCheckout ? undefined : 'npx poolkeeper send');
  } else if (modelarts.kind === 'api') {
    const work = await openWork(ledger);
    greet(screen, { url, settings, show }, [
      ['ModelArts', modelarts.endpoint],
      rulesRow,
      ['function log', logged],
      [
        'ledger, queues',
        `${show(keptPlaces(places.data).ledger)}  (kept; the rules apply at their own pace)`,
      ],
      ['picked up', pickedUp(work)],
    ]);
    for (const line of work.underWay) screen.columns(' '.repeat(18), line, 'dim');
    suggestConnection(screen, { url, settings, show });
  }
  for (const line of explainHost(settings)) screen.columns('', line, 'notable');
  onUp?.(system);
  screen.line();
  screen.line(screen.paint('dim', 'Every change of state shows here.'));
  const failing = new AbortController();
  const ending = AbortSignal.any([signal, failing.signal, started.broken]);
  try {
    await Promise.all([
      watchLedger({ ledger, screen, activity: () => activity.next(ending), signal: ending }),
      ...(followsRules
        ? [
            followRules({
              path: path.resolve(places.directory, settings.config),
              file: settings.config,
              ...rules,
              takeOver: (next) => started.takeOver(next),
              screen,
              log: started.log,
              signal: ending,
            }),
          ]
        : []),
      ...(simulatorUrl === undefined ? [watchRoom(folder, ending)] : []),
      watchClock({ onJump: (jumpMs) => reportJump(jumpMs, started, screen), signal: ending }),
    ]);
  } catch (error) {
    started.broken.throwIfAborted();
    throw error;
  } finally {
    failing.abort();
    await sayFarewell(screen, simulatorUrl === undefined ? system : undefined);
  }
}

/** The place of the functions' log, for people. */
function loggedTo({ log: { target }, modelarts }: Settings, { data, directory }: Places): string {
  if (target === '-') return 'standard output';
  const usual = modelarts.kind === 'simulator' ? simulatedPlaces(data) : keptPlaces(data);
  return shownPath(target === undefined ? usual.log : path.resolve(directory, target), directory);
}

/** Says that the clock of the machine was set. If it was set back, messages would wait for the time that it has lost. */
function reportJump(jumpMs: number, started: StartedSystem, screen: Screen): void {
  const jump = `${spanText(Math.abs(jumpMs))} ${jumpMs < 0 ? 'back' : 'ahead'}`;
  started.log.warn('the clock of this machine was set, or the machine has slept', { jumpMs });
  if (jumpMs < 0) started.deliverNow();
  const effect =
    jumpMs < 0
      ? 'Cooldowns and the pauses before another try last that much longer.'
      : 'Work that is late now is done now, and evidence may be too old.';
  screen.columns(
    '',
    `The clock of this machine was set ${jump}, or the machine has slept. ${effect} If it is wrong now, ModelArts refuses every request: ` +
      '`poolkeeper doctor` compares it.',
    'notable',
  );
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
  for (const line of work?.underWay ?? []) screen.columns('  ', line, 'dim');
}

async function openWork(ledger: Ledger): Promise<OpenWork> {
  const { remediations, more } = await ledger.inStates(OPEN_STATES);
  return countOpen(remediations, more);
}
