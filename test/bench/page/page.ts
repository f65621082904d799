import type { Measurements } from '../measure.ts';
import { coldPage } from './cold.ts';
import { costsPage } from './costs.ts';
import { growthPage } from './growth.ts';
import { number } from './markdown.ts';
import { targetsPage } from './targets.ts';
import { unitsPage } from './units.ts';
import { warmPage } from './warm.ts';

const parts = [targetsPage, coldPage, warmPage, unitsPage, growthPage, costsPage];

/** The whole of docs/design/performance.md. */
export function performancePage(measured: Measurements): string {
  const { cpu, memoryGb, load, node } = measured.machine;
  return `# Performance

\`npm run bench\` measures everything here in one run, and writes this page: do not edit it. All figures are of one machine and one run, so
compare them with each other only.

${cpu}, ${memoryGb} GB, Node.js ${node}. The machine was shared: its load was ${number(load)} before the run. Therefore CPU time stands
beside the time by the clock, runs are interleaved, and figures are medians with their quartiles. The stand-ins for DynamoDB, SQS and
ModelArts run on the same machine, and their answers are in every time by the clock.

The peers do a part of the work of \`reset-nodes\`: they check a command, read the nodes of its pool with a signed request, and send a
message to a queue. \`bare\` does nothing. \`lean\` is the floor: zod/mini, \`node:http\` and hand-written signatures. \`typical\` is zod, undici,
the SDK of AWS and middy. \`heavy\` is Huawei's SDK, the SDK of AWS, zod and Powertools. \`reset-nodes\` itself also opens a remediation,
judges it by every guard, holds its node and records what it does: see \`requests\`.

${parts.map((part) => part(measured)).join('\n\n')}
`;
}
