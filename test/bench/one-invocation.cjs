// One cold start in a process of its own: loads a bundle, handles one event, and prints how long both took.
const { performance } = require('node:perf_hooks');
// The runtime of Lambda has loaded it before it loads a function.
require('node:http');

const { bundle, event } = JSON.parse(process.env.BENCH_INVOCATION);
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 };
const { write } = process.stdout;
process.stdout.write = (text) => process.stderr.write(text);

async function main() {
  const startMs = performance.now();
  const { handler } = require(bundle);
  const loadedMs = performance.now();
  const answer = await handler(event, context);
  const handledMs = performance.now();
  const result = { loadMs: loadedMs - startMs, firstMs: handledMs - loadedMs, answer };
  write.call(process.stdout, JSON.stringify(result), () => process.exit());
}

void main();
