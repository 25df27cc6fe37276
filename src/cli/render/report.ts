import type { CliIo } from '../io.ts'
import type { Problem } from './trial.ts'

/**
 * Tells of one thing that is wrong: place and message, the line with a caret below, and a hint.
 *
 *     error: db.tmpl:2:13: map has no entry for key "pasword"
 *       2 | password={{ .pasword }}
 *         |             ^^^^^^^^
 *     hint: did you mean .password?
 */
export function tell(io: CliIo, { what, at, spot, hint }: Problem): void {
  const place = spot === undefined ? '' : `${spot.where}: `
  const about = at === undefined ? '' : ` (${at})`
  io.stderr(`error: ${place}${what}${about}\n`)
  if (spot !== undefined) {
    const number = String(spot.line)
    const [line = '', caret = ''] = spot.picture
    io.stderr(`  ${number} | ${line}\n  ${' '.repeat(number.length)} | ${caret}\n`)
  }
  if (hint !== undefined) io.stderr(`hint: ${hint}\n`)
}
