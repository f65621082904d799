import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that compute for long: they begin first, so that none of them is what is left at the end. */
const COMPUTES_LONG = /\/test\/(simulation|untidy)\//;

const isSystem = ({ project }: TestSpecification) => project.name === 'system';
const isLong = ({ moduleId }: TestSpecification) => COMPUTES_LONG.test(moduleId);

/**
 * System tests wait more than they compute, and unit tests only compute. They run side by side, so that the one kind computes while
 * the other waits, and of each kind the longest first.
 */
export class Mixed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waiting = sorted.filter(isSystem);
    const computing = sorted.filter((file) => !isSystem(file));
    return alternately(waiting, [...computing.filter(isLong), ...computing.filter((file) => !isLong(file))]);
  }
}

function alternately<Item>(some: readonly Item[], others: readonly Item[]): Item[] {
  const longest = Math.max(some.length, others.length);
  return Array.from({ length: longest }, (_, index) => [
    ...some.slice(index, index + 1),
    ...others.slice(index, index + 1),
  ]).flat();
}
