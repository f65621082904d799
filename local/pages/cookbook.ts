import { parse } from 'yaml';
import * as z from 'zod';

const BEGIN = '<!-- The recipes: npm run schema writes them from docs/rules/cookbook. -->';
const END = '<!-- The end of the recipes. -->';

const Tests = z.object({ tests: z.array(z.object({ name: z.string() })) });

/** The recipes by their chapters, each with the name of its file in docs/rules/cookbook. */
export const chapters = {
  NPUs: ['lost-npu-card', 'hbm-ecc', 'npu-link-down', 'driver-crash', 'overheating'],
  GPUs: ['gpu-xid', 'gpu-fallen-off-the-bus'],
  Nodes: ['node-not-ready', 'kubelet-restarts', 'disk-full', 'read-only-disk'],
  'Hardware and maintenance': ['optical-module', 'failing-host', 'planned-maintenance', 'supernode'],
  'How to act': ['escalation-ladder', 'approval-for-large-pools', 'maintenance-window'],
  'Without an alert': ['tags', 'night-shrink'],
} as const;

export type Recipe = {
  title: string;
  /** The fault, and the reasons for the rules. */
  prose: string;
  /** A complete rules file. */
  rules: string;
  /** The sentences that its tests prove. */
  tests: string[];
};

/**
 * A recipe from its file: a comment with the title and the prose, `rules`, and `tests`.
 *
 * @throws Error for another form
 */
export function readRecipe(text: string): Recipe {
  const [, title = '', prose = '', rules = ''] =
    /^# yaml-language-server: [^\n]+\n# ([^\n]+)\n#\n((?:# [^\n]+\n)+)rules:\n([\s\S]+?)^tests:\n/m.exec(
      text,
    ) ?? [];
  if (title === '')
    throw new Error('A recipe begins with its title and its prose as a comment; rules and tests follow.');
  const { tests } = Tests.parse(parse(text));
  return {
    title,
    prose: prose.replaceAll(/^# /gm, '').trim(),
    rules: rules.replaceAll(/^ {2}/gm, ''),
    tests: tests.map(({ name }) => name),
  };
}

/** The cookbook with its recipes as their files have them. */
export function withRecipes(page: string, textOf: (name: string) => string): string {
  const [before] = page.split(BEGIN);
  const [, after] = page.split(END);
  if (before === undefined || after === undefined || before === page)
    throw new Error(`The page needs the lines ${BEGIN} and ${END}.`);
  const sections = Object.entries(chapters).map(
    ([chapter, names]) =>
      `## ${chapter}\n\n${names.map((name) => sectionOf(name, readRecipe(textOf(name)))).join('\n\n')}`,
  );
  return `${before}${BEGIN}\n\n${sections.join('\n\n')}\n\n${END}${after}`;
}

function sectionOf(name: string, { title, prose, rules, tests }: Recipe): string {
  const proven = tests.map((test) => `- ${test}`).join('\n');
  const file = `${name}.tests.yml`;
  return `### ${title}\n\n${prose}\n\n\`\`\`yaml\n${rules}\`\`\`\n\nTested in [${file}](cookbook/${file}):\n\n${proven}`;
}
