/** The build cannot continue because its input is wrong. The message is complete; the person who started the build reads it. */
export class BuildError extends Error {
  override name = 'BuildError';
}
