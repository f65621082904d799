import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as p}from"./chunk-QMF736LN.mjs";import"./chunk-4JJ6ZINE.mjs";import"./chunk-PBDWEFRC.mjs";import{e as t}from"./chunk-W2GGBS23.mjs";import"./chunk-W2Y5TQF6.mjs";import{a as o}from"./chunk-HA5ADYQI.mjs";var n=["bash","zsh","fish"];function s(r){return c[r]}o(s,"scriptFor");var c={bash:`_poolkeeper() {
  local line
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    [ -n "$line" ] && COMPREPLY+=("$line")
  done < <("\${COMP_WORDS[0]}" ${p} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _poolkeeper poolkeeper`,zsh:`#compdef poolkeeper
_poolkeeper() {
  local line
  local -a proposals
  while IFS= read -r line; do
    [ -n "$line" ] && proposals+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" ${p} "\${(@)words[2,CURRENT]}" 2>/dev/null)
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
fi`,fish:`function __poolkeeper_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] ${p} $words[2..-1] 2>/dev/null
end
complete -c poolkeeper -a '(__poolkeeper_complete)'`};function h(r,l){for(let e of s(l).split(`
`))this.screen.line(e)}o(h,"run");function $(r){return t({docs:{brief:r,fullDescription:`Writes the completion of commands and options for a shell. To have it in each new shell:

  bash   echo 'source <(poolkeeper completion bash)' >> ~/.bashrc
  zsh    echo 'source <(poolkeeper completion zsh)' >> ~/.zshrc, after compinit
  fish   poolkeeper completion fish > ~/.config/fish/completions/poolkeeper.fish`},parameters:{positional:{kind:"tuple",parameters:[{brief:n.join(", "),placeholder:"shell",parse(l){let e=n.find(i=>i===l);if(e===void 0)throw new Error(`must be one of ${n.join(", ")}`);return e},proposeCompletions:o(l=>n.filter(e=>e.startsWith(l)),"proposeCompletions")}]}},func:h})}o($,"command");export{$ as command};
