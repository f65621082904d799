import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { root } from '#test/meta/serverless-declaration';
import { measureAll } from './measure.ts';
import { curvesOf } from './page/growth.ts';
import { performancePage } from './page/page.ts';
import { svgOf } from './page/svg.ts';
import { sizes } from './sizes.ts';

const file = 'docs/design/performance.md';
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const startedAt = performance.now();
const seconds = (): string => `${Math.round((performance.now() - startedAt) / 1000)} s`;
const measured = await measureAll(sizes(values), (theme) => console.error(`${seconds()}: ${theme}`));
const page = performancePage(measured);
// What the quick form measures is nothing to keep.
if (values.quick) console.log(page);
else {
  await writeFile(path.join(root, file), page);
  await mkdir(path.join(root, 'docs/design/performance'), { recursive: true });
  for (const [name, curve] of Object.entries(curvesOf(measured)))
    await writeFile(path.join(root, `docs/design/performance/${name}.svg`), svgOf(curve));
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  await promisify(execFile)(process.execPath, [biome, 'format', '--write', file], { cwd: root });
}
console.error(`Done after ${seconds()}`);
