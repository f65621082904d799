// A program that starts the fixture, calls two functions of which one never ends, says where they run, and then stops or
// waits to be killed.
import { startCloud } from '../../../local/cloud/cloud.ts';
import { fixtureStack } from '../fixture-stack.ts';

const root = new URL('../../../', import.meta.url).pathname;
const hanging = Promise.withResolvers();
const cloud = await startCloud({
  describe: fixtureStack,
  root,
  port: 0,
  onLog: (_, line) => line.startsWith('hanging') && hanging.resolve(),
});
await cloud.invoke('http', { headers: { 'x-order': 'pid' } });
void cloud.invoke('http', { headers: { 'x-order': 'hang' } });
await hanging.promise;
await cloud.invoke('http', { headers: { 'x-order': 'pid' } });
process.stdout.write(`${JSON.stringify(cloud.sandboxes())}\n`);
if (process.argv[2] === 'stop') await cloud.stop();
