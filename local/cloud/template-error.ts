/** Thrown when a template cannot be carried out; the message begins with the place in the template. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
  }
}
