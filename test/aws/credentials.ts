/** The key that the stand-ins of a test take. */
export const runCredentials = {
  accessKeyId: 'local',
  secretAccessKey: 'local',
  sessionToken: 'the-secret-of-a-test-run',
};

/** A client that has this key, and no pauses. */
export const client = { region: 'eu-central-1', key: runCredentials, now: Date.now };
