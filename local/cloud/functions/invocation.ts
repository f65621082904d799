/** One call of a function, in the form that its runtime gets. */
export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly functionArn: string;
}

/** The result of an invocation. `payload` is JSON text: the handler's answer, or `{ errorType, errorMessage }` after an error. */
export interface InvocationResult {
  readonly payload: string;
  readonly functionError?: 'Unhandled';
}

/**
 * Calls a function. It never rejects; an error in the function is part of the result.
 *
 * @param wanted aborts when no client waits for the result. An invocation that has not begun by then never begins.
 */
export type Invoke = (
  functionName: string,
  payload: string,
  wanted?: AbortSignal,
) => Promise<InvocationResult>;

export function failedInvocation(errorType: string, errorMessage: string): InvocationResult {
  return { functionError: 'Unhandled', payload: JSON.stringify({ errorType, errorMessage }) };
}
