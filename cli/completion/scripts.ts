import { COMPLETE } from './proposals.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * The completion of a shell. It asks the command line itself at each tab, so it never goes stale. Without proposals, the shell offers its files.
 */
export function scriptFor(shell: Shell): string {
  return SCRIPTS[shell];
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_poolkeeper() {
  local line
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    [ -n "$line" ] && COMPREPLY+=("$line")
  done < <("\${COMP_WORDS[0]}" ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _poolkeeper poolkeeper`,

  zsh: `#compdef poolkeeper
_poolkeeper() {
  local line
  local -a proposals
  while IFS= read -r line; do
    [ -n "$line" ] && proposals+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#proposals} )); then
    _describe -t commands poolkeeper proposals
  else
    _files
  fi
}
if [ "$funcstack[1]" = _poolkeeper ]; then
  _poolkeeper "$@"
else
  compdef _poolkeeper poolkeeper
fi`,

  fish: `function __poolkeeper_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] ${COMPLETE} $words[2..-1] 2>/dev/null
end
complete -c poolkeeper -a '(__poolkeeper_complete)'`,
};
