// One life of a function in a process of its own: loads a bundle, waits for its events, and handles them one after another.
// It prints "ready" once it is initialised, and its measurements at the end. Times are milliseconds.
const { subscribe } = require('node:diagnostics_channel');
const { readFileSync, writeFileSync, writeSync } = require('node:fs');
const { Session } = require('node:inspector');
const { performance } = require('node:perf_hooks');
// The runtime of Lambda has loaded it before it loads a function.
require('node:http');

const { bundle, profile, heapEvery } = JSON.parse(process.env.BENCH_PROCESS);
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 };
// A function writes its log there.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;

// A request of either client is told once.
let requests = 0;
for (const channel of ['http.client.request.start', 'undici:request:create'])
  subscribe(channel, () => {
    requests += 1;
  });

/** CPU milliseconds of this process since it began. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function main() {
  const booted = performance.now();
  const bootCpu = cpu();
  const { handler } = require(bundle);
  // The runtime asks for its first event in the next turn of the loop.
  await new Promise(setImmediate);
  const initialised = performance.now();
  const initCpu = cpu() - bootCpu;
  writeSync(1, 'ready\n');
  const events = JSON.parse(readFileSync(0, 'utf8'));

  const handled = [];
  const heaps = [];
  const session = new Session();
  if (profile) session.connect();
  const ask = (method, parameters) =>
    new Promise((resolve, reject) =>
      session.post(method, parameters, (error, said) => (error ? reject(error) : resolve(said))),
    );
  for (const [index, event] of events.entries()) {
    if (index === profile?.from) {
      await ask('Profiler.enable');
      await ask('Profiler.setSamplingInterval', { interval: 200 });
      await ask('Profiler.start');
    }
    const [startedAt, usedBefore, requestsBefore] = [performance.now(), cpu(), requests];
    const answer = await handler(event, context);
    const taken = { ms: performance.now() - startedAt, cpuMs: cpu() - usedBefore };
    const said = JSON.stringify(answer ?? null);
    const failed = /"statusCode":[45]|"itemIdentifier"/.test(said) && said;
    if (heapEvery && index % heapEvery === heapEvery - 1) {
      global.gc();
      heaps.push({ events: index + 1, bytes: process.memoryUsage().heapUsed });
    }
    handled.push({ ...taken, requests: requests - requestsBefore, failed });
  }
  const before = { bootMs: booted, bootCpuMs: bootCpu, initMs: initialised - booted, initCpuMs: initCpu };
  const profiled = profile && (await ask('Profiler.stop')).profile;
  if (profiled) writeFileSync(profile.file, JSON.stringify(profiled));
  write(JSON.stringify({ ...before, handled, heaps }), () => process.exit());
}

void main();
