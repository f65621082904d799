// A program that starts the fixture, calls two functions of which one never ends, says where they run, and then stops or
// waits to be killed.
import { readFile } from 'node:fs/promises';
import { startCloud } from '../../../local/cloud/cloud.ts';

const root = new URL('../../../', import.meta.url).pathname;
const template = JSON.parse(await readFile(new URL('../fixture-template.json', import.meta.url), 'utf8'));
const hanging = Promise.withResolvers();
const cloud = await startCloud({
  template,
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
