/** The build cannot go on because of what it was given. The message is for the person who started it, and says it all. */
export class BuildError extends Error {
  override name = 'BuildError';
}
