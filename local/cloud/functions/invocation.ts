/** One call of a function, as its runtime gets it. */
export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly functionArn: string;
}

/** What came of it; `payload` is JSON text: the handler's answer, or `{ errorType, errorMessage }` after an error. */
export interface InvocationResult {
  readonly payload: string;
  readonly functionError?: 'Unhandled';
}

/** Calls a function; never rejects: whatever goes wrong in the function is part of the result. */
export type Invoke = (functionName: string, payload: string) => Promise<InvocationResult>;

export function failedInvocation(errorType: string, errorMessage: string): InvocationResult {
  return { functionError: 'Unhandled', payload: JSON.stringify({ errorType, errorMessage }) };
}
