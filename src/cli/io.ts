import type { Env } from '#base'

/** What a command sees of the terminal and the process it runs in; a test puts its own in place. */
export interface CliIo {
  readonly env: Env
  /** Working folder, absolute. */
  readonly cwd: string
  /** Environment variables of the user. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** All of standard input. */
  stdin(): Promise<Uint8Array>
  /** Asks a person and returns the line typed; absent when nobody sits at the other end. */
  ask?(question: string): Promise<string>
  stdout(text: string | Uint8Array): void
  stderr(text: string): void
  /** Whether standard output is a terminal: colours and progress only then. */
  readonly isTty: boolean
}

/**
 * One command.
 *
 * @param argv What stands behind the command's name.
 * @returns The exit status: 0 done, 1 failed, 2 misused.
 */
export type CliCommand = (
  argv: readonly string[],
  io: CliIo,
  signal: AbortSignal,
) => Promise<number>
