import type { Measurements } from '../measure.ts';
import { number, spread, table, times } from './markdown.ts';

/** The costs of an event in a hot function, and the number of alerts that it takes. */
export function warmPage({ cold, hot, accepting, signature, size }: Measurements): string {
  const hotRows = hot.map(({ name, ms, cpuMs, requests }) => {
    const first = cold.find((row) => row.name === name)?.firstCpu.median ?? Number.NaN;
    return [
      `\`${name}\``,
      spread(ms),
      spread(cpuMs),
      number(requests),
      number(cpuMs.median / requests),
      times(first / cpuMs.median),
    ];
  });
  const acceptingRows = accepting.map(({ group, cpuMs, requests, perSecond, byHandCpuMs }) => [
    `posts of ${group}`,
    number(cpuMs),
    number(perSecond),
    number(requests),
    number(byHandCpuMs),
    times(cpuMs / byHandCpuMs),
  ]);
  return `## Warm

One process each, ${size.hotEvents} new events one after another, the last third measured. Milliseconds of one event: by the clock, which
includes the stand-ins, and of CPU time in the function itself. The last column is the CPU time of the first event of a cold process over
that of a hot one.

${table(['function', 'by the clock', 'CPU', 'requests', 'CPU per request', 'first ÷ hot'], hotRows)}

### Accepting alerts

\`receive-alert\` alone, hot. Milliseconds of CPU time for one alert, and how many alerts one CPU takes in a second at that cost. \`by hand\`
is what as many requests of DynamoDB cost a bare \`node:http\` client with hand-written signatures, without any other work.

${table(['', 'CPU of an alert', 'alerts/s', 'requests', 'by hand', 'ours ÷ by hand'], acceptingRows)}

Signing one request for ModelArts takes ${number(signature.ours)} µs; Huawei's own signer takes ${number(signature.theirs)} µs,
${times(signature.theirs / signature.ours)} as much.`;
}
