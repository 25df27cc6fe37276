/** What commands that ask the cluster have in common: flags, help, a client, and how they fail. */
import type { Client } from '#kube'
import { helpOf } from './commands/help.ts'
import { commandSpec } from './commands/table.ts'
import { failure, misuse } from './failure.ts'
import { FlagError, parseFlags, type FlagValues } from './flags.ts'
import type { CliCommand, CliIo } from './io.ts'

/** How a command reaches the cluster: kubeconfig and context as the user names them. */
export type Connect = (
  io: CliIo,
  options: { readonly kubeconfig?: string; readonly context?: string },
) => Promise<{ readonly client: Client; readonly namespace: string }>

/** What such a command works with. */
export interface OnCluster {
  readonly client: Client
  /** Of `--namespace`, else of the context. */
  readonly namespace: string
  readonly flags: FlagValues
  readonly isJson: boolean
  readonly io: CliIo
  readonly signal: AbortSignal
}

/** What is checked of a command line before the cluster is asked. */
export interface Expected {
  /** What is wrong with the arguments, if anything. */
  readonly check: (flags: FlagValues) => string | undefined
  /** Values of `--output`; default json alone. */
  readonly formats?: readonly string[]
}

/**
 * A command by its row in the table. `work` returns the exit status; what it throws is told with a
 * hint.
 */
export function clusterCommand(
  name: string,
  connect: Connect,
  { check, formats = ['json'] }: Expected,
  work: (given: OnCluster) => Promise<number>,
): CliCommand {
  return async (argv, io, signal) => {
    let flags: FlagValues
    try {
      flags = parseFlags(commandSpec(name)?.flags ?? new Map(), argv)
    } catch (thrown) {
      if (thrown instanceof FlagError) return misuse(io, name, thrown.message)
      throw thrown
    }
    if (flags.isOn('help')) {
      io.stdout(helpOf(name))
      return 0
    }
    const output = flags.text('output') ?? ''
    const wrong =
      output === '' || formats.includes(output) ? check(flags) : `unknown output format ${output}`
    if (wrong !== undefined) return misuse(io, name, wrong)
    let client: Client | undefined
    try {
      const kubeconfig = flags.text('kubeconfig')
      const context = flags.text('context')
      const reached = await connect(io, {
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
        ...(context === undefined ? {} : { context }),
      })
      client = reached.client
      const namespace = flags.text('namespace') ?? reached.namespace
      return await work({ client, namespace, flags, isJson: output === 'json', io, signal })
    } catch (thrown) {
      return failure(io, thrown)
    } finally {
      await client?.close()
    }
  }
}
