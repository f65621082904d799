import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that compute for long. */
const COMPUTES_LONG = [
  'simulation/seeds/',
  'sweep/crashes',
  'sweep/interleavings',
  'capacity/limits-',
  'actions/update-nodes/update-nodes',
  'untidy/one-odd-answer',
  'rules/unknown-key',
  'simulation/faults/catalogue',
].map((place) => `/test/${place}`);

const isSystem = ({ project }: TestSpecification) => project.name === 'system';
const isAlone = ({ project }: TestSpecification) => project.name === 'alone';
const isLong = ({ moduleId }: TestSpecification) => COMPUTES_LONG.some((place) => moduleId.includes(place));

/**
 * System tests wait more than they compute, and unit tests only compute. The long ones of both begin first and side by side, so that
 * the one kind computes while the other waits, and none of them is what is left at the end. The short ones of the project `unit`
 * come last and in a row: a process is only handed on to the next file if that is of the same project.
 */
export class Mixed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waiting = sorted.filter(isSystem);
    const computing = sorted.filter((file) => !isSystem(file));
    const short = computing.filter((file) => !isLong(file));
    return [
      ...alternately(waiting, computing.filter(isLong)),
      ...short.filter(isAlone),
      ...short.filter((file) => !isAlone(file)),
    ];
  }
}

function alternately<Item>(some: readonly Item[], others: readonly Item[]): Item[] {
  const longest = Math.max(some.length, others.length);
  return Array.from({ length: longest }, (_, index) => [
    ...some.slice(index, index + 1),
    ...others.slice(index, index + 1),
  ]).flat();
}
