import { vi } from 'vitest';

/** What the AWS client signs with: the stand-ins do not look at it, and no others are to be looked for. */
export function localAwsCredentials(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
}
