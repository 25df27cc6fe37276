/**
 * `lockstep __complete WORDS…`: what could stand in place of the last word, a line each. Answers from the
 * cluster within a second and a half, or with nothing; never with an error, which would disturb a prompt.
 */
import { keyText, keyOf, namespaces, secrets, type KubeObject, type Resource } from '#api'
import type { Client } from '#kube'
import { commandSpec } from './commands/table.ts'
import { parseFlags } from './flags.ts'
import type { CliCommand } from './io.ts'
import type { Connect } from './on-cluster.ts'
import { watchedKind, watchedNames } from './status/report.ts'

const patienceMs = 1_500

/** Prints the candidates. @returns 0 always. */
export function completeCommand(connect: Connect): CliCommand {
  return async (argv, io, signal) => {
    const late = new AbortController()
    const timer = io.env.clock.timer(patienceMs, () => late.abort())
    const bound = AbortSignal.any([signal, late.signal])
    let reached: Awaited<ReturnType<Connect>> | undefined
    try {
      const found = await candidates(argv, async () => (reached ??= await connect(io, {})), bound)
      io.stdout([...new Set(found)].map((word) => `${word}\n`).join(''))
    } catch {
      // Nothing to offer.
    } finally {
      timer.cancel()
      await reached?.client.close()
    }
    return 0
  }
}

type Reach = () => Promise<{ readonly client: Client; readonly namespace: string }>

const shells = ['bash', 'zsh', 'fish']
const heldKinds = ['secretstore', 'clustersecretstore', 'externalsecret', 'kustomization']

async function candidates(
  argv: readonly string[],
  reach: Reach,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [name = '', ...words] = argv
  const spec = commandSpec(name)
  if (spec?.flags === undefined || words.length === 0) return []
  const before = words.at(-2)
  const last = words.at(-1) ?? ''
  if (before === '-n' || before === '--namespace') return await names(namespaces, {}, reach, signal)
  const flags = parseFlags(spec.flags, words.slice(0, -1))
  const { positionals } = flags
  const argument = spec.args[positionals.length]
  if (argument === 'shell') return shells
  if (argument === 'rendered') return ['template']
  if (argument === undefined || argument === 'file') return []
  const scope = flags.text('namespace') ?? (await reach()).namespace
  switch (argument) {
    case 'kind':
      return watchedNames()
    case 'held': {
      const [kind = '', rest] = last.split('/')
      if (rest === undefined) return heldKinds.map((one) => `${one}/`)
      return (await namesOfKind(kind, scope, reach, signal)).map((one) => `${kind}/${one}`)
    }
    case 'secret':
      return [
        ...(name === 'why' ? watchedNames() : []),
        ...(await secretKeys(last, scope, reach, signal)),
      ]
    case 'name':
      return await namesOfKind(positionals[0] ?? '', scope, reach, signal)
  }
}

/** Secrets by key: of the namespace typed, else those of the context's. */
async function secretKeys(
  typed: string,
  scope: string,
  reach: Reach,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const slash = typed.indexOf('/')
  const namespace = slash < 0 ? scope : typed.slice(0, slash)
  const { client } = await reach()
  const { items } = await client.listMetadata(secrets, { namespace, signal })
  return items.map((item) => keyText(keyOf(item)))
}

async function namesOfKind(
  kind: string,
  namespace: string,
  reach: Reach,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = watchedKind(kind)
  if (found === undefined) return []
  return await names(found, found.namespaced ? { namespace } : {}, reach, signal)
}

async function names(
  kind: Resource<KubeObject>,
  where: { readonly namespace?: string },
  reach: Reach,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { client } = await reach()
  const { items } = await client.listMetadata(kind, { ...where, signal })
  return items.map(({ metadata }) => metadata.name)
}
