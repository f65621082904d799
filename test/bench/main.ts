import { parseArgs } from 'node:util';
import { benchColdStart } from './cold-start.bench.ts';
import { benchSignature } from './signature.bench.ts';
import { sizes } from './sizes.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const { coldStartRuns, ...signing } = sizes(values);

const { ours, theirs } = benchSignature(signing);
console.log(
  `Signing a request: ${ours.toFixed(1)} µs; Huawei's SDK ${theirs.toFixed(1)} µs, ${(theirs / ours).toFixed(1)} times as much`,
);
const coldStarts = await benchColdStart(coldStartRuns);
console.log(`Cold start, medians of ${coldStartRuns} interleaved runs`);
console.table(coldStarts);
