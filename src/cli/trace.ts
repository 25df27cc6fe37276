import { clusterCommand, type Connect } from './on-cluster.ts'
import type { CliCommand } from './io.ts'

export function traceCommand(connect: Connect): CliCommand {
  return clusterCommand('trace', connect, { check: () => undefined }, async () => 0)
}
