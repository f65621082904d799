/** One way that the code can go, at an offset of the bundle. */
export type Branch = {
  kind: 'function' | 'then' | 'else' | 'right side' | 'case' | 'catch' | 'loop';
  /** Where it begins: the code there ran as often as the branch was taken. */
  offset: number;
  /** For an `else` that is not written down: it was taken as often as this ran more often than `offset`. */
  insteadOf?: number;
  /** The branch that it lies in. */
  within: Branch | undefined;
  /** The innermost function around it that has a name, or itself if it is one. */
  inFunction: string;
};

type AstNode = { type: string; start: number; [field: string]: unknown };

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];

const DOES_SOMETHING =
  /"type":"(?:CallExpression|NewExpression|AwaitExpression|BinaryExpression|LogicalExpression|UnaryExpression)"/;

/** Every branch of a program, outer ones before those within them. @param program an ESTree node, with offsets. */
export function branchesOf(program: unknown): Branch[] {
  const found: Branch[] = [];
  let inFunction = '';

  function add(one: Omit<Branch, 'inFunction'>): Branch {
    const branch = { ...one, inFunction };
    found.push(branch);
    return branch;
  }

  /** Walks a part that bears a name, with the name if it is a function. */
  function walkNamed(name: unknown, part: unknown, walkPart: () => void): void {
    const isFunction = isNode(part) && FUNCTIONS.includes(part.type);
    if (!isFunction || !isNode(name) || typeof name['name'] !== 'string') return walkPart();
    const before = inFunction;
    inFunction = name['name'];
    walkPart();
    inFunction = before;
  }

  /** Looks at a part that is a branch of its own. */
  function walkBranch(kind: Branch['kind'], part: unknown, within: Branch | undefined): void {
    if (isNode(part)) walk(part, add({ kind, offset: part.start, within }));
  }

  function walkAll(node: AstNode, within: Branch | undefined, except: readonly string[] = []): void {
    for (const [field, value] of Object.entries(node)) {
      if (except.includes(field)) continue;
      for (const part of Array.isArray(value) ? value : [value]) if (isNode(part)) walk(part, within);
    }
  }

  function walk(node: AstNode, within: Branch | undefined): void {
    const name = node.type === 'FunctionDeclaration' ? node['id'] : (node['key'] ?? node['id']);
    const part = node.type === 'FunctionDeclaration' ? node : (node['value'] ?? node['init']);
    walkNamed(name, part, () => walkParts(node, within));
  }

  function walkParts(node: AstNode, within: Branch | undefined): void {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        walkAll(node, within, ['body']);
        return walkBranch('function', node['body'], within);
      case 'IfStatement': {
        const { test, consequent, alternate } = node as unknown as Record<string, AstNode>;
        walkAll(node, within, ['consequent', 'alternate']);
        walkBranch('then', consequent, within);
        if (alternate) return walkBranch('else', alternate, within);
        if (test && consequent)
          add({ kind: 'else', offset: consequent.start, insteadOf: test.start, within });
        return;
      }
      case 'ConditionalExpression':
        walkAll(node, within, ['consequent', 'alternate']);
        walkBranch('then', node['consequent'], within);
        return walkBranch('else', node['alternate'], within);
      case 'LogicalExpression':
        walkAll(node, within, ['right']);
        // A default in the place of an absent value is a value, not a way to go.
        if (!DOES_SOMETHING.test(JSON.stringify(node['right']))) return;
        return walkBranch('right side', node['right'], within);
      case 'SwitchCase': {
        const [first] = node['consequent'] as AstNode[];
        if (!first) return walkAll(node, within);
        walkAll(node, within, ['consequent']);
        const branch = add({ kind: 'case', offset: first.start, within });
        return walkAll(node, branch, ['test']);
      }
      case 'CatchClause':
        return walkBranch('catch', node['body'], within);
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'WhileStatement':
        walkAll(node, within, ['body']);
        return walkBranch('loop', node['body'], within);
      default:
        return walkAll(node, within);
    }
  }

  if (isNode(program)) walk(program, undefined);
  return found;
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
