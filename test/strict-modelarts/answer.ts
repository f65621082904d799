export type Answer = { status: number; body?: unknown; headers?: Readonly<Record<string, string>> };

/** An error of ModelArts (docs/design/modelarts-api.md 5.1). */
export function modelArtsError(status: number, code: string, message: string): Answer {
  return { status, body: { error_code: `ModelArts.${code}`, error_msg: message } };
}

/** An error of the gateway (docs/design/modelarts-api.md 5.2). */
export function gatewayError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers,
    body: { error_msg: message, error_code: `APIGW.${code}`, request_id: 'a1b2c3d4e5f60718293a4b5c6d7e8f90' },
  };
}
