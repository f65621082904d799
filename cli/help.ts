import { styleText } from 'node:util';
import type { Command } from '@stricli/core';
import { wrap } from '#local/screen/wrap';
import { type CommandEntry, groups } from './command-table.ts';
import type { Context } from './context.ts';

const WIDTH = 80;
/** A longer name gets a line of its own. */
const LONGEST_NAME = 26;

/** The help of the whole command line: every command in its group. */
export function overview(table: Readonly<Record<string, CommandEntry>>, ansiColor: boolean): string {
  const title = titles(ansiColor);
  const indent = indentOf(Object.keys(table));
  const lines = Object.entries(groups).flatMap(([group, heading]) => {
    const commands = Object.entries(table).filter(([, entry]) => entry.group === group);
    if (commands.length === 0) return [];
    return [
      '',
      title(heading),
      ...rows(
        commands.map(([name, { brief }]) => [name, brief]),
        indent,
      ),
    ];
  });
  return [
    `${title('poolkeeper')} keeps AI resource pools healthy without a person in the loop.`,
    '',
    'Usage: poolkeeper <command> [options]',
    ...lines,
    '',
    '`poolkeeper <command> --help` shows the options of a command. Commands about a',
    'running system find the one that runs here, or take POOLKEEPER_URL and',
    'POOLKEEPER_CONSOLE_TOKEN.',
    '',
  ].join('\n');
}

/** The help of one command: its usage, its description, its arguments and its options. */
export function commandHelp(
  prefix: readonly string[],
  { brief, fullDescription = brief, parameters }: Command<Context>,
  ansiColor: boolean,
): string {
  const title = titles(ansiColor);
  const args = argumentsOf(parameters.positional);
  const options = [...optionsOf(parameters), ['--help', 'Shows this text'] as const];
  return [
    `Usage: ${[...prefix, ...args.map(({ usage }) => usage), '[options]'].join(' ')}`,
    '',
    ...flowing(fullDescription),
    ...(args.length === 0
      ? []
      : ['', title('Arguments'), ...rows(args.map(({ name, text }) => [name, text]))]),
    '',
    title('Options'),
    ...rows(options),
    '',
  ].join('\n');
}

/** A description in lines that fit. Paragraphs flow; indented lines stay as they are. */
function flowing(description: string): string[] {
  return description.split('\n\n').flatMap((paragraph, index) => {
    const lines: string[] = [];
    for (const line of paragraph.split('\n')) {
      const last = lines.at(-1);
      const flows = last !== undefined && !line.startsWith(' ') && !last.startsWith(' ');
      if (flows) lines[lines.length - 1] = `${last} ${line}`;
      else lines.push(line);
    }
    const wrapped = lines.flatMap((line) => (line.startsWith(' ') ? [line] : wrap(line, WIDTH)));
    return index === 0 ? wrapped : ['', ...wrapped];
  });
}

function titles(ansiColor: boolean): (text: string) => string {
  return (text) => (ansiColor ? styleText('bold', text, { validateStream: false }) : text);
}

type Positional = NonNullable<Command<Context>['parameters']['positional']>;

function argumentsOf(positional: Positional | undefined): { name: string; usage: string; text: string }[] {
  if (positional === undefined) return [];
  if (positional.kind === 'array') {
    const { placeholder = 'args', brief } = positional.parameter;
    return [{ name: `<${placeholder}>`, usage: `[<${placeholder}>…]`, text: brief }];
  }
  return positional.parameters.map(({ placeholder = 'arg', brief, optional }) => {
    const name = `<${placeholder}>`;
    return { name, usage: optional === true ? `[${name}]` : name, text: brief };
  });
}

function optionsOf({
  flags = {},
  aliases = {},
}: Command<Context>['parameters']): (readonly [string, string])[] {
  const letters = new Map(Object.entries(aliases).map(([letter, name]) => [name, letter]));
  return Object.entries(flags)
    .filter(([, one]) => !('hidden' in one && one.hidden))
    .map(([name, one]) => {
      const letter = letters.get(name);
      const value = valueOf(one);
      return [
        `${letter === undefined ? '' : `-${letter}, `}--${kebab(name)}${value === '' ? '' : ` <${value}>`}`,
        one.brief,
      ] as const;
    });
}

function valueOf(one: NonNullable<Command<Context>['parameters']['flags']>[string]): string {
  if (one.kind === 'boolean' || one.kind === 'counter') return '';
  return one.placeholder ?? (one.kind === 'enum' ? one.values.join('|') : 'value');
}

/** The name of a flag on the command line: `sendSafe` is `--send-safe`. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Names with their texts, in two columns. */
function rows(
  all: readonly (readonly [string, string])[],
  indent = indentOf(all.map(([name]) => name)),
): string[] {
  return all.flatMap(([name, text]) => {
    const lines = wrap(text, WIDTH - indent).map((line) => `${' '.repeat(indent)}${line}`);
    if (name.length + 4 > indent) return [`  ${name}`, ...lines];
    const [first = '', ...others] = lines;
    return [`  ${name}${first.slice(name.length + 2)}`, ...others];
  });
}

function indentOf(names: readonly string[]): number {
  return Math.max(...names.map(({ length }) => length).filter((length) => length <= LONGEST_NAME), 0) + 4;
}
