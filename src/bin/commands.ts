import type { CliCommand } from '#cli'

/** What `lockstep --help` prints. */
export const overview = `Lockstep keeps Git, secret stores and Kubernetes clusters in step.

Usage: lockstep COMMAND [flags]

For those who commit:
  status    show whether your secrets are there, and if not, why
  seal      encrypt a Secret for one cluster, safe to commit (as kubeseal)

For those who run it:
  run       run the operator
  demo      see it all work here, without a cluster

  version   print the version

\`lockstep COMMAND --help\` shows flags and examples.
`

// Each behind an import: `lockstep seal` must not pay for the operator.
const commands: ReadonlyMap<string, () => Promise<CliCommand>> = new Map([
  ['run', async () => (await import('./run.ts')).run],
  ['demo', async () => (await import('./demo.ts')).demo],
  [
    'seal',
    async () =>
      (await import('#cli/seal')).sealCommand(async () => (await import('./connect.ts')).connect),
  ],
  [
    'status',
    async () => (await import('#cli/status')).statusCommand((await import('./connect.ts')).connect),
  ],
  [
    'version',
    async () => (await import('#cli/version')).versionCommand((await import('./facts.ts')).facts),
  ],
])

/** Loads a command by its name; undefined: there is none. */
export function commandNamed(name: string): (() => Promise<CliCommand>) | undefined {
  return commands.get(name)
}
