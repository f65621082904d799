import { inspect } from 'node:util';
import { printable } from './printable.ts';

/** Fields of one log line. `correlationId` is the remediation's id: it follows one alert through every function. */
export type LogFields = Record<string, unknown>;

export type Logger = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose every line also carries `fields`. */
  child(fields: LogFields): Logger;
};

/** A shorter secret protects nothing, and its redaction would hide ordinary words. */
const MIN_SECRET_LENGTH = 8;

const hiddenEverywhere = new Set<string>();

/** From now on no logger of this process shows any of `secrets`. It shows `[redacted]` instead. */
export function hideFromLogs(secrets: Iterable<string>): void {
  for (const secret of secrets) if (secret.length >= MIN_SECRET_LENGTH) hiddenEverywhere.add(inJson(secret));
}

/**
 * The error to throw in place of `error` if foreign code prints it: the error itself, or, if it contains a secret, one with
 * only its name, message and stack, redacted.
 */
export function redacted(error: unknown): Error {
  const whole = inspect(error, { depth: 8 });
  if (error instanceof Error && hide(whole) === whole) return error;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const shown = new Error(hide(message));
  shown.name = name;
  if (stack !== undefined) shown.stack = hide(stack);
  return shown;
}

type Level = 'info' | 'warn' | 'error';

type LoggerOptions = {
  write?: (line: string) => void;
  now?: () => number;
  /** Values that this logger hides, besides those of `hideFromLogs`. */
  secrets?: readonly string[];
};

/**
 * Structured logs: one JSON object a line, with `time`, `level`, `message` and the given fields. It writes errors with name,
 * message, stack and cause, and spells out characters that a terminal would obey. Fields that are not JSON (a cycle, a
 * bigint) stand together as text in `fields`.
 */
export function createLogger(fields: LogFields, options: LoggerOptions = {}): Logger {
  const { write = writeToStandardOutput, now = Date.now, secrets = [] } = options;
  const own = secrets.filter((secret) => secret.length > 0).map(inJson);

  function line(level: Level, message: string, more: LogFields = {}): void {
    const head = { time: new Date(now()).toISOString(), level, message };
    const text =
      toJson({ ...head, ...fields, ...more }) ??
      JSON.stringify({ ...head, fields: inspect({ ...fields, ...more }) });
    write(printable(hide(text, own)));
  }

  return {
    info: (message, more) => line('info', message, more),
    warn: (message, more) => line('warn', message, more),
    error: (message, more) => line('error', message, more),
    child: (more) => createLogger({ ...fields, ...more }, options),
  };
}

function hide(text: string, more: readonly string[] = []): string {
  return [...hiddenEverywhere, ...more].reduce(
    (shown, secret) => shown.replaceAll(secret, '[redacted]'),
    text,
  );
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
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
