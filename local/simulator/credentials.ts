/** The signing key of requests. `securityToken` is set only for temporary keys (docs/design/modelarts-api.md 6.3). */
export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
}

/** The simulator's own keys and project. They open nothing: no account of this name exists. */
export const simulatorCredentials = {
  accessKey: 'SIMULATORFAKEACCESS0',
  secretKey: 'simulator-fake-secret-that-opens-nothing',
  projectId: '5117a70451a1ed0000000000fa4e0000',
} as const;
