import { buildCommand, type Command } from '@stricli/core';
import { type Shell, scriptFor, shells } from '../../completion/scripts.ts';
import { type Context, writeJson } from '../../context.ts';
import { flag } from '../../flags.ts';

function run(this: Context, { json }: { json: boolean }, shell: Shell): void {
  const script = scriptFor(shell);
  if (json) return writeJson(this, { shell, script });
  for (const line of script.split('\n')) this.screen.line(line);
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Writes the completion of commands and options for a shell. To have it in each new shell:

  bash   echo 'source <(poolkeeper completion bash)' >> ~/.bashrc
  zsh    echo 'source <(poolkeeper completion zsh)' >> ~/.zshrc, after compinit
  fish   poolkeeper completion fish > ~/.config/fish/completions/poolkeeper.fish`,
    },
    parameters: {
      flags: { json: flag('Writes { shell, script } as JSON') },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            brief: shells.join(', '),
            placeholder: 'shell',
            parse(text: string): Shell {
              const shell = shells.find((one) => one === text);
              if (shell === undefined) throw new Error(`must be one of ${shells.join(', ')}`);
              return shell;
            },
            proposeCompletions: (partial: string) => shells.filter((one) => one.startsWith(partial)),
          },
        ],
      },
    },
    func: run,
  });
}
