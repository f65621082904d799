import { inspect } from 'node:util';

/** Fields of one log line. `correlationId` is the remediation's id: it follows one alert through every function. */
export type LogFields = Record<string, unknown>;

export type Logger = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose every line carries `fields` too. */
  child(fields: LogFields): Logger;
};

type Level = 'info' | 'warn' | 'error';

type LoggerOptions = {
  write?: (line: string) => void;
  now?: () => number;
  /** Values that must never be seen: wherever one occurs in a line, `[redacted]` stands in its place. */
  secrets?: readonly string[];
};

/**
 * Structured logs: one JSON object a line, with `time`, `level`, `message` and the given fields. Errors are written with
 * name, message, stack and cause. Fields that are no JSON (a cycle, a bigint) stand together as text in `fields`.
 */
export function createLogger(fields: LogFields, options: LoggerOptions = {}): Logger {
  const { write = writeToStandardOutput, now = Date.now, secrets = [] } = options;
  const hidden = secrets
    .filter((secret) => secret.length > 0)
    .map((secret) => JSON.stringify(secret).slice(1, -1));

  function line(level: Level, message: string, more: LogFields = {}): void {
    const head = { time: new Date(now()).toISOString(), level, message };
    const text =
      toJson({ ...head, ...fields, ...more }) ??
      JSON.stringify({ ...head, fields: inspect({ ...fields, ...more }) });
    write(hidden.reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text));
  }

  return {
    info: (message, more) => line('info', message, more),
    warn: (message, more) => line('warn', message, more),
    error: (message, more) => line('error', message, more),
    child: (more) => createLogger({ ...fields, ...more }, options),
  };
}

function toJson(entry: LogFields): string | undefined {
  try {
    return JSON.stringify(entry, plainError);
  } catch {
    return undefined;
  }
}

function plainError(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause, ...rest } = value;
  return {
    ...rest,
    name,
    message,
    stack,
    ...(cause !== undefined && { cause }),
    ...(value instanceof AggregateError && { errors: value.errors }),
  };
}

function writeToStandardOutput(line: string): void {
  process.stdout.write(`${line}\n`);
}
