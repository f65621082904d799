/** As many nodes as a command names at most, and as a call of `update-nodes` can have. */
const MAX_NODES = 500;

/**
 * As many characters as the names of a command's nodes have at most. A remediation, which repeats them in its receipts about
 * twenty times at worst, is one item of the table, and that holds 400 KB.
 */
const MAX_CHARACTERS = 12_500;

/** Nodes as commands can name them: in their order, in as few parts as there is room for. */
export function inCommands(nodes: readonly string[]): string[][] {
  const parts: string[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    characters += node.length;
    if (characters > MAX_CHARACTERS || parts.at(-1)?.length === MAX_NODES) {
      parts.push([]);
      characters = node.length;
    }
    parts.at(-1)?.push(node);
  }
  return parts;
}
