/** A quoted part, or an expansion, whose spaces and separators separate nothing. */
const PART = /'[^']*'|"(?:\\.|\$\([^)]*\)|[^"\\])*"|\$\((?:[^()]|\([^)]*\))*\)|\\[\s\S]|[^\s;&|]/y;
const SEPARATOR = /\n|;|&&|\|\||\||&/y;

/**
 * The commands of a shell text, each as its words. It knows what the pages use: quotes, `$(…)`, comments, separators and continued lines.
 * Quotes around a word are gone.
 */
export function commandsIn(text: string): string[][] {
  const source = text.replaceAll(/\\\n\s*/g, ' ');
  const commands: string[][] = [];
  let words: string[] = [];
  let word = '';
  const endWord = () => {
    if (word !== '') words.push(unquoted(word));
    word = '';
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < source.length; ) {
    if (word === '' && source[at] === '#') {
      const end = source.indexOf('\n', at);
      at = end === -1 ? source.length : end;
      continue;
    }
    const part = matchAt(PART, source, at);
    if (part !== undefined) {
      word += part;
      at += part.length;
      continue;
    }
    const separator = matchAt(SEPARATOR, source, at);
    if (separator === undefined) endWord();
    else endCommand();
    at += separator?.length ?? 1;
  }
  endCommand();
  return commands;
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function unquoted(word: string): string {
  return /^(['"])[\s\S]*\1$/.test(word) ? word.slice(1, -1) : word;
}
