/** The system cannot start, for a reason that its user can remove. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
