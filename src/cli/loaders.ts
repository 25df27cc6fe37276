import type { CliCommand } from './io.ts'
import type { Connect } from './on-cluster.ts'

/** The commands that need nothing but a cluster, or not even that, each loaded when it is used. */
export const loaders: Readonly<Record<string, (connect: Connect) => Promise<CliCommand>>> = {
  __complete: async (connect) => (await import('./complete.ts')).completeCommand(connect),
  completion: async () => (await import('./completion.ts')).completion,
  confirm: async (connect) => (await import('./confirm.ts')).confirmCommand(connect),
  render: async () => (await import('./render.ts')).renderCommand,
  status: async (connect) => (await import('./status.ts')).statusCommand(connect),
  trace: async (connect) => (await import('./trace.ts')).traceCommand(connect),
  why: async (connect) => (await import('./why.ts')).whyCommand(connect),
}
