import { vi } from 'vitest';

/** What the stand-ins that a test starts itself want of their clients. */
export const runCredentials = {
  accessKeyId: 'local',
  secretAccessKey: 'local',
  sessionToken: 'the-secret-of-a-test-run',
};

/** What the AWS client signs with and presents; no other credentials are to be looked for. */
export function localAwsCredentials(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', runCredentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', runCredentials.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', runCredentials.sessionToken);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
}
