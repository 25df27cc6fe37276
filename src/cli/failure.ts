import { faultOf } from '#base'
import type { CliIo } from './io.ts'

/**
 * Tells of a failure the way every command does: one line of what, one `hint:` of what to try.
 *
 * @returns 1, the exit status of a failure.
 */
export function failure(io: CliIo, thrown: unknown): number {
  const fault = faultOf(thrown)
  const place = fault.at === undefined ? '' : ` (${fault.at})`
  io.stderr(`error: ${fault.message}${place}\n`)
  io.stderr(`hint: ${fault.hint ?? defaultHints[fault.reason] ?? 'run it again with --verbose'}\n`)
  return 1
}

/** Tells of a misuse and where to read more. @returns 2. */
export function misuse(io: CliIo, command: string, what: string): number {
  io.stderr(`error: ${what}\n`)
  io.stderr(`hint: see \`lockstep ${command} --help\`\n`)
  return 2
}

const defaultHints: Readonly<Record<string, string>> = {
  AccessDenied: 'check the credentials in use and the rights they have',
  Unavailable: 'check that the other side is running and reachable from here',
  Timeout: 'check that the other side is running and reachable from here',
  NotFound: 'check the name and the namespace (-n)',
  InvalidSpec: 'correct the named field and try again',
  InternalError: 'this is a bug in Lockstep; please report it with the command you ran',
}
