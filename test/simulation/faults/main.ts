import { hash } from 'node:crypto';
import { bundleSimulation } from '../bundle.ts';
import { UsageError } from '../command-line.ts';
import type { Fault } from './catalogue.ts';
import { failsItsTest, huntInWorlds } from './hunt.ts';
import { type HuntOptions, readHuntOptions, usage } from './options.ts';
import { type Known, readKnown, writeKnown } from './progress.ts';
import { lineOf, summaryOf } from './table.ts';

/** Each fault is first looked for in a few worlds: a run that is stopped has then found what is easily found. */
const ROUNDS = [10, 60];

/** A fault that tests hold is looked for in so many worlds. */
const WORLDS_FOR_HELD = 60;

async function huntAll({ wanted, seeds, minutes = Infinity, workers, anew }: HuntOptions): Promise<void> {
  const untilMs = Date.now() + minutes * 60_000;
  const { code } = await bundleSimulation();
  const earlier = readKnown();
  const known = new Map(earlier);
  const ofNow = (fault: Fault) => hash('sha256', JSON.stringify([code, fault]));
  for (const fault of wanted) {
    const of = ofNow(fault);
    const before = earlier.get(fault.name);
    const hint = anew ? undefined : (before?.seed ?? before?.hint);
    if (anew || before?.of !== of)
      known.set(fault.name, {
        name: fault.name,
        of,
        worlds: 0,
        seconds: 0,
        ...(hint !== undefined && { hint }),
      });
  }

  const isOpen = (fault: Fault, most: number) => {
    const { seed, worlds } = knownOf(fault, known);
    return seed === undefined && worlds < mostFor(fault, most);
  };
  const isDone = (fault: Fault) => {
    const { seed, isHeld } = knownOf(fault, known);
    if (fault.heldBy === undefined || seed !== undefined) return !isOpen(fault, seeds);
    return isHeld !== undefined;
  };
  async function hunt(left: Fault[], most: number): Promise<void> {
    for (let fault = left.shift(); fault; fault = left.shift()) {
      if (Date.now() > untilMs) return;
      const before = knownOf(fault, known);
      const { heldBy } = fault;
      let now = before;
      if (isOpen(fault, most))
        now = await huntInWorlds(fault, before, { most: mostFor(fault, most), untilMs });
      if (heldBy !== undefined && now.seed === undefined && now.worlds >= mostFor(fault, seeds))
        now = { ...now, isHeld: await failsItsTest({ ...fault, heldBy }) };
      known.set(fault.name, now);
      writeKnown(known);
      if (isDone(fault)) console.log(lineOf(fault, now));
    }
  }
  for (const most of [...ROUNDS.filter((round) => round < seeds), seeds]) {
    const left = wanted.filter((fault) => isOpen(fault, most) || (most === seeds && !isDone(fault)));
    await Promise.all(Array.from({ length: workers }, () => hunt(left, most)));
  }

  const open = wanted.filter((fault) => !isDone(fault));
  const { text, missed } = summaryOf(wanted, open, known);
  console.log(text);
  process.exitCode = missed + open.length === 0 ? 0 : 1;
}

function mostFor({ heldBy }: Fault, most: number): number {
  return heldBy === undefined ? most : Math.min(most, WORLDS_FOR_HELD);
}

function knownOf({ name }: Fault, known: ReadonlyMap<string, Known>): Known {
  return known.get(name) ?? { name, of: '', worlds: 0, seconds: 0 };
}

try {
  const options = readHuntOptions(process.argv.slice(2));
  if (options === 'help') console.log(usage);
  else await huntAll(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\nSee npm run simulate:faults -- --help`);
  process.exitCode = 2;
}
