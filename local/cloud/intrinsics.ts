import { TemplateError } from './template-error.ts';

/** What references to one resource give: `Ref`, and the attributes that `Fn::GetAtt` may ask for. */
export interface Reference {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Gives a copy of `value` in which every intrinsic function is replaced by what it stands for. */
export type Resolve = (value: unknown, path: string) => unknown;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Resolves `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::Join`, `Fn::Select` and `Fn::Split`. Any other function is a
 * {@link TemplateError}, and so is a reference to nothing. Dynamic references (`{{resolve:ssm:…}}`) stay as they are.
 *
 * @param reference looks a resource up by its logical id
 * @param parameters values of template and pseudo parameters, such as `AWS::Region`
 */
export function createResolver(
  reference: (logicalId: string) => Reference | undefined,
  parameters: Readonly<Record<string, string>>,
): Resolve {
  function resolve(value: unknown, path: string): unknown {
    if (Array.isArray(value)) {
      return value
        .map((item, index) => resolve(item, `${path}[${index}]`))
        .filter((item) => item !== undefined);
    }
    if (!isRecord(value)) return value;
    const [only, ...others] = Object.entries(value);
    if (only !== undefined && others.length === 0 && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
      return call(only[0], only[1], path);
    }
    const entries = Object.entries(value).map(
      ([key, inner]) => [key, resolve(inner, `${path}.${key}`)] as const,
    );
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
  }

  function call(name: string, argument: unknown, path: string): unknown {
    switch (name) {
      case 'Ref':
        return ref(text(argument, path), path);
      case 'Fn::GetAtt':
        return attribute(Array.isArray(argument) ? argument.join('.') : text(argument, path), path);
      case 'Fn::Sub':
        return substitute(argument, path);
      case 'Fn::Join': {
        const [separator, items] = list(argument, path);
        return list(items, path)
          .map((item) => text(item, path))
          .join(text(separator, path));
      }
      case 'Fn::Select': {
        const [index, items] = list(argument, path);
        return list(items, path)[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, whole] = list(argument, path);
        return text(whole, path).split(text(separator, path));
      }
      default:
        throw new TemplateError(
          path,
          `${name} is not supported here; write the value out, or use Ref, Fn::GetAtt or Fn::Sub`,
        );
    }
  }

  /** `AWS::NoValue` is no value: the property that holds it is as if it were not there. */
  function ref(name: string, path: string): string | undefined {
    if (name === 'AWS::NoValue') return undefined;
    const value = parameters[name] ?? reference(name)?.ref;
    if (value === undefined)
      throw new TemplateError(path, `refers to "${name}", which the template does not declare`);
    return value;
  }

  function attribute(dotted: string, path: string): string {
    const dot = dotted.indexOf('.');
    const [logicalId, name] = [dotted.slice(0, dot), dotted.slice(dot + 1)];
    const found = reference(logicalId);
    if (!found)
      throw new TemplateError(path, `refers to "${logicalId}", which the template does not declare`);
    const value = found.attributes[name];
    if (value === undefined)
      throw new TemplateError(path, `the attribute "${name}" of "${logicalId}" is not known here`);
    return value;
  }

  function substitute(argument: unknown, path: string): string {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const own = isRecord(variables) ? variables : {};
    return text(pattern, path).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in own) return text(own[name], path);
      return (name.includes('.') ? attribute(name, path) : ref(name, path)) ?? '';
    });
  }

  function list(value: unknown, path: string): unknown[] {
    const resolved = resolve(value, path);
    if (!Array.isArray(resolved)) throw new TemplateError(path, 'a list was expected here');
    return resolved;
  }

  function text(value: unknown, path: string): string {
    const resolved = resolve(value, path);
    if (typeof resolved === 'string') return resolved;
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
    throw new TemplateError(path, 'a text was expected here');
  }

  return resolve;
}
