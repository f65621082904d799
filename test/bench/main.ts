import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { root } from '#test/meta/serverless-declaration';
import { provideBundledRules } from '../provide-bundled-rules.ts';

provideBundledRules();
const { measureAll } = await import('./measure.ts');
const { curvesOf } = await import('./page/growth.ts');
const { performancePage } = await import('./page/page.ts');
const { svgOf } = await import('./page/svg.ts');
const { sizes } = await import('./sizes.ts');

const usage = `npm run bench -- [options]

  --quick  a few rounds of everything, and no page: the figures go to the terminal

Measures everything in one run, in some ten minutes, and writes docs/design/performance.md.`;

const file = 'docs/design/performance.md';
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(usage);
  process.exit();
}
const startedAt = performance.now();
const seconds = (): string => `${Math.round((performance.now() - startedAt) / 1000)} s`;
const measured = await measureAll(sizes(values), (theme) => console.error(`${seconds()}: ${theme}`));
const page = performancePage(measured);
// The figures of the quick form are not worth keeping.
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
