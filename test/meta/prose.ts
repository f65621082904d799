import { Lang, parse, type SgNode } from '@ast-grep/napi';

/** The comments of a source text. Consecutive line comments are one comment. */
export function commentsIn(source: string): string[] {
  const comments: string[] = [];
  for (const [, block = '', lines = ''] of source.matchAll(
    /\/\*\*?([\s\S]*?)\*\/|((?:(?:^|(?<=[\s;,{(]))\/\/[^\n]*(?:\n[ \t]*(?=\/\/))?)+)/gm,
  )) {
    comments.push(`${block}${lines}`.replaceAll(/\s*\n[ \t]*(?:\*|\/\/)?[ \t]*|^\s*\/\//g, ' ').trim());
  }
  return comments;
}

/**
 * The string and template literals of a source text that are prose, and the texts of its elements: three words or more. A `${…}`
 * becomes `…`.
 */
export function stringsIn(source: string, file = ''): string[] {
  const isPage = file.endsWith('.tsx');
  const kinds = ['string', 'template_string', ...(isPage ? ['jsx_text'] : [])];
  return parse(isPage ? Lang.Tsx : Lang.TypeScript, source)
    .root()
    .findAll({ rule: { any: kinds.map((kind) => ({ kind })) } })
    .filter((literal) => !literal.ancestors().some((above) => above.kind() === 'import_statement'))
    .map((literal) => (literal.kind() === 'jsx_text' ? literal.text() : contentOf(literal)))
    .map((text) => text.replaceAll(/\\?\s+/g, ' '))
    .filter((text) => /[A-Za-z]{2,}\S*(?: \S*[A-Za-z…]\S*){2,}/.test(text));
}

function contentOf(literal: SgNode): string {
  const parts = literal.children().slice(1, -1);
  return parts.map((part) => (part.kind() === 'template_substitution' ? '…' : part.text())).join('');
}

/** Paragraphs, cells and items of a page, without code. */
export function paragraphsOf(page: string): string[] {
  return page
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '`code`')
    .replaceAll('**', '')
    .split(/\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.) )|\|/)
    .map((text) =>
      text
        .replaceAll(/\s+/g, ' ')
        .replace(/^\s*(?:[-*]|\d+\.|#+) /, '')
        .trim(),
    );
}
