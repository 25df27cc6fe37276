import { flagHelp } from '../flags.ts'
import { commandSpec, commandTable, type CommandSpec } from './table.ts'

/** What `lockstep COMMAND --help` prints. */
export function helpOf(name: string): string {
  const spec = commandSpec(name)
  if (spec === undefined) throw new RangeError(`there is no command ${name}`)
  const width = Math.max(0, ...spec.examples.map(([line]) => line.length).filter((n) => n <= 60))
  const examples = spec.examples.map(([line, what]) =>
    line.length > width
      ? `  ${line}\n  ${' '.repeat(width)}  ${what}\n`
      : `  ${line.padEnd(width)}  ${what}\n`,
  )
  return [
    `${spec.intro}\n\n`,
    `Usage:\n${spec.usage.map((line) => `  ${line}\n`).join('')}\n`,
    examples.length === 0 ? '' : `Examples:\n${examples.join('')}\n`,
    `Flags:\n${flagHelp(spec.flags ?? new Map())}\n`,
    `Exit status: ${spec.exit}\n`,
  ].join('')
}

const groups: readonly (readonly [CommandSpec['group'], string])[] = [
  ['commit', 'For those who commit:'],
  ['run', 'For those who run it:'],
  ['other', 'And:'],
]

/** What `lockstep --help` prints. */
export function overview(): string {
  const width = Math.max(...commandTable.map(({ name }) => name.length)) + 2
  const parts = groups.map(([group, title]) => {
    const rows = commandTable.filter((command) => command.group === group)
    return `${title}\n${rows.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`).join('')}\n`
  })
  return `Lockstep keeps Git, secret stores and Kubernetes clusters in step.

Usage: lockstep COMMAND [flags]

${parts.join('')}\`lockstep COMMAND --help\` shows flags and examples.
`
}
