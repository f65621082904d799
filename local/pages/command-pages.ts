/** The help of one command. */
export type CommandPage = { name: string; brief: string; help: string };

const EXIT_CODES = /(?<=\n## Exit codes\n\n)[\s\S]*?(?=\n## )/;
const COMMANDS = /(?<=\n## Commands\n)[\s\S]*?(?=\n## JSON)/;

/**
 * The page about the command line with its generated parts: the table of exit codes, and the help of every command.
 *
 * @param page docs/cli.md as it is
 */
export function commandPage(
  page: string,
  commands: readonly CommandPage[],
  codes: readonly { code: number; meaning: string }[],
): string {
  const width = Math.max(...codes.map(({ meaning }) => meaning.length));
  const rows = [
    `| code | ${'meaning'.padEnd(width)} |`,
    `| ---- | ${'-'.repeat(width)} |`,
    ...codes.map(({ code, meaning }) => `| ${String(code).padEnd(4)} | ${meaning.padEnd(width)} |`),
  ];
  const helps = commands.map(
    ({ name, brief, help }) => `\n### ${name}\n\n${brief}.\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`,
  );
  return page.replace(EXIT_CODES, () => `${rows.join('\n')}\n`).replace(COMMANDS, () => helps.join(''));
}
