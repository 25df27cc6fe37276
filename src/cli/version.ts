import type { Env } from '#base'
import type { CliCommand } from './io.ts'

/** What `lockstep version` tells; filled in where the program is put together. */
export interface VersionFacts {
  readonly version: string
  readonly runtime: string
  readonly platform: string
}

/** `lockstep version [-o json]`. */
export function versionCommand(load: (env: Env) => Promise<VersionFacts>): CliCommand {
  return async (argv, io) => {
    if (argv.includes('--help') || argv.includes('-h')) {
      io.stdout('Print the version.\n\nUsage: lockstep version [-o json]\n')
      return 0
    }
    const facts = await load(io.env)
    if (argv.includes('json') || argv.includes('-ojson') || argv.includes('--output=json')) {
      io.stdout(`${JSON.stringify(facts)}\n`)
    } else {
      io.stdout(`lockstep ${facts.version} (${facts.runtime}, ${facts.platform})\n`)
    }
    return 0
  }
}
