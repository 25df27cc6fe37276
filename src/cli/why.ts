/** `lockstep why`: plain words why a Secret is not there or not fresh, and the command that mends it. */
import { keyText } from '#api'
import { keyGiven } from './chain/chain.ts'
import type { FlagValues } from './flags.ts'
import type { CliCommand } from './io.ts'
import { clusterCommand, type Connect, type OnCluster } from './on-cluster.ts'
import { whyKinds, whyObject } from './why/diagnose.ts'
import type { Finding } from './why/finding.ts'

/** `lockstep why [KIND] NAMESPACE/NAME`. */
export function whyCommand(connect: Connect): CliCommand {
  return clusterCommand('why', connect, { check }, why)
}

function check({ positionals }: FlagValues): string | undefined {
  if (positionals.length === 0 || positionals.length > 2) return 'give one Secret, as in web/db'
  const { kind } = askedOf(positionals)
  return whyKinds.includes(kind) ? undefined : `why knows ${whyKinds.join(', ')}; not ${kind}`
}

function askedOf(positionals: readonly string[]): { kind: string; name: string } {
  const [first = '', second] = positionals
  if (second === undefined) return { kind: 'secret', name: first }
  const kind = first.toLowerCase()
  const singular = kind.endsWith('ies') ? `${kind.slice(0, -3)}y` : kind.replace(/s$/, '')
  return { kind: singular, name: second }
}

async function why(given: OnCluster): Promise<number> {
  const { client, namespace, flags, isJson, io, signal } = given
  const { kind, name } = askedOf(flags.positionals)
  const key = keyGiven(name, namespace)
  const found = await whyObject(kind, key, { client, nowMs: io.env.clock.now(), signal })
  const findings = withoutRepeats(found)
  const isWell = findings.every((finding) => finding.isWell === true)
  if (isJson) {
    const subject = { kind, ...key }
    io.stdout(`${JSON.stringify({ subject, isWell, findings }, undefined, 2)}\n`)
    return isWell ? 0 : 1
  }
  if (findings.length === 0) io.stdout(`✔ ${kind} ${keyText(key)}: nothing is wrong\n`)
  // What is wrong comes first; what is well explains the rest.
  const shown = isWell ? findings : findings.filter((finding) => finding.isWell !== true)
  for (const finding of shown) io.stdout(textOf(finding))
  return isWell ? 0 : 1
}

function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map(findings.map((finding) => [`${finding.about} ${finding.reason}`, finding]))
  return [...seen.values()]
}

function textOf({ about, reason, what, fix, isWell }: Finding): string {
  const mark = isWell === true ? '✔' : '✘'
  const commands = fix.map((line) => `    $ ${line}\n`).join('')
  return `${mark} ${about} (${reason})\n  ${what}\n${commands}`
}
