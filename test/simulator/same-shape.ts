/**
 * Where an answer lacks something that a vendor's example has, or has it in another JSON type: paths, none if it fits. More
 * fields than the example has are no difference; of a list, every member must look like the example's first.
 */
export const differences = (answer: unknown, example: unknown, path = '$'): string[] => {
  if (Array.isArray(example)) {
    if (!Array.isArray(answer)) return [`${path}: not a list`];
    return answer.flatMap((member, index) => differences(member, example[0], `${path}[${index}]`));
  }
  if (example !== null && typeof example === 'object') {
    if (answer === null || typeof answer !== 'object' || Array.isArray(answer))
      return [`${path}: not an object`];
    const fields = new Map<string, unknown>(Object.entries(answer));
    return Object.entries(example).flatMap(([key, value]) =>
      fields.has(key) ? differences(fields.get(key), value, `${path}.${key}`) : [`${path}.${key}: missing`],
    );
  }
  return typeof answer === typeof example ? [] : [`${path}: ${typeof answer}, not ${typeof example}`];
};
