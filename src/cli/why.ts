import { clusterCommand, type Connect } from './on-cluster.ts'
import type { CliCommand } from './io.ts'

export function whyCommand(connect: Connect): CliCommand {
  return clusterCommand('why', connect, { check: () => undefined }, async () => 0)
}
