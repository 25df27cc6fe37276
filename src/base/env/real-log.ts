import { createRequire } from 'node:module'
import type { Logger, pino as makeLogger } from 'pino'
import { Fault } from '../fault.ts'
import type { Log, LogFields } from './env.ts'

const load = createRequire(import.meta.url)

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** A log that writes JSON lines to `write`; a Fault among the fields becomes reason and message. */
export function jsonLog(level: LogLevel, write: (line: string) => void): Log {
  // Not with the module: pino takes as long to load as a short command to run.
  const { pino } = load('pino') as { readonly pino: typeof makeLogger }
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  )
  return wrap(logger)
}

function wrap(logger: Logger): Log {
  return {
    debug: (message, fields = {}) => logger.debug(plain(fields), message),
    info: (message, fields = {}) => logger.info(plain(fields), message),
    warn: (message, fields = {}) => logger.warn(plain(fields), message),
    error: (message, fields = {}) => logger.error(plain(fields), message),
    child: (fields) => wrap(logger.child(plain(fields))),
  }
}

/** What may be printed of the fields: a Fault as its reason, message and place; no stack but for bugs. */
export function plain(fields: LogFields): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) out[key] = printable(value)
  return out
}

function printable(value: unknown): unknown {
  if (value instanceof Fault) {
    const { cause } = value
    return {
      reason: value.reason,
      message: value.message,
      ...(value.at === undefined ? {} : { at: value.at }),
      // The frames of a bug, without the thrown text: that may quote data.
      ...(value.reason === 'InternalError' && cause instanceof Error
        ? { stack: (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) }
        : {}),
    }
  }
  if (value instanceof Error) return { reason: value.name }
  if (value instanceof Uint8Array) return '[redacted]'
  return value
}

/** Discards everything. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
}
