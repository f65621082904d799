import path from 'node:path';

/** The folder below the data folder that has everything. */
const OWN = '.poolkeeper';

/** The files of a system. Absolute. */
export type DataPlaces = {
  /** The folder with everything. */
  folder: string;
  /** The bundles of the functions, and the compiled rules. */
  build: string;
  log: string;
  counters: string;
};

/** The files that outlive a system with the real API. */
export type KeptPlaces = DataPlaces & {
  /** Ledger and queues. */
  ledger: string;
  tokens: string;
};

/** The files of a system that calls the real API. */
export function keptPlaces(data: string): KeptPlaces {
  const folder = path.join(data, OWN);
  return {
    ...placesIn(folder, folder),
    ledger: path.join(folder, 'data'),
    tokens: path.join(folder, 'tokens'),
  };
}

/** The files of a run with the simulator. It shares none of them with a system that calls the real API, except the bundles. */
export function simulatedPlaces(data: string): DataPlaces {
  const folder = path.join(data, OWN);
  return placesIn(folder, path.join(folder, 'simulator'));
}

function placesIn(folder: string, own: string): DataPlaces {
  return {
    folder,
    build: path.join(folder, 'start'),
    log: path.join(own, 'functions.log'),
    // Beside the log, because the directory of the data belongs to the ledger and the queues.
    counters: path.join(own, 'counters.json'),
  };
}

/** A path as a person in `directory` would write it. */
export function shownPath(file: string, directory: string): string {
  const near = path.relative(directory, file);
  return near.startsWith('..') || path.isAbsolute(near) ? file : near;
}
