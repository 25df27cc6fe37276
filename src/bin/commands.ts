import { loaders, type CliCommand } from '#cli'

// Each behind an import: `lockstep seal` must not pay for the operator.
const commands: ReadonlyMap<string, () => Promise<CliCommand>> = new Map([
  ['run', async () => (await import('./run.ts')).run],
  ['demo', async () => (await import('./demo.ts')).demo],
  [
    'seal',
    async () =>
      (await import('#cli/seal')).sealCommand(async () => (await import('./connect.ts')).connect),
  ],
  ...Object.entries(loaders).map(
    ([name, load]) =>
      [name, async () => await load((await import('./connect.ts')).connect)] as const,
  ),
  [
    'version',
    async () => (await import('#cli/version')).versionCommand((await import('./facts.ts')).facts),
  ],
])

/** Loads a command by its name; undefined: there is none. */
export function commandNamed(name: string): (() => Promise<CliCommand>) | undefined {
  return commands.get(name)
}

/** Names of all commands that can be loaded. */
export function commandNames(): readonly string[] {
  return [...commands.keys()].filter((name) => !name.startsWith('_'))
}
