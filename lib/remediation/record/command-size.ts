/** The most nodes of one command, and of one call of `update-nodes`. */
const MAX_NODES = 500;

/**
 * The most characters of the names of a command's nodes. Its remediation repeats the names in outcomes, plan and receipts, at worst
 * about twenty times, and an item of the table holds 400 KB.
 */
const MAX_CHARACTERS = 12_500;

/** Splits nodes into as few commands as possible, in their order. */
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
