/**
 * `lockstep confirm`: a person's word on a deletion that is held back. Writes an annotation that
 * names exactly what the condition named when it was shown: a later absence, another commit or an
 * object made anew is not confirmed by it.
 */
import {
  confirmAbsence,
  confirmPrune,
  externalSecrets,
  keyOf,
  keyText,
  kustomizations,
  parseHeld,
  type ExternalSecret,
  type KubeObject,
  type Kustomization,
  type Resource,
} from '#api'
import { Fault } from '#base'
import { clusterCommand, type Connect, type OnCluster } from './on-cluster.ts'
import type { CliCommand } from './io.ts'
import { newestWarning } from './chain/events.ts'

/** One deletion that waits. */
interface Held {
  readonly resource: Resource<KubeObject>
  readonly object: KubeObject
  readonly annotation: string
  readonly answer: string
  /** What would go, a line each. */
  readonly would: readonly string[]
}

const kinds = ['secretstore', 'clustersecretstore', 'externalsecret', 'kustomization']

/** `lockstep confirm`. */
export function confirmCommand(connect: Connect): CliCommand {
  return clusterCommand(
    'confirm',
    connect,
    {
      check: ({ positionals }) => {
        const { kind, name } = subjectOf(positionals)
        if (name === undefined || name === '' || positionals.length > 2) {
          return 'give KIND/NAME, as in secretstore/vault'
        }
        return kinds.includes(kind) ? undefined : `confirm knows ${kinds.join(', ')}; not ${kind}`
      },
    },
    confirm,
  )
}

function subjectOf(positionals: readonly string[]): { kind: string; name?: string } {
  const [first = '', second] = positionals
  const slash = first.indexOf('/')
  const [kind, name] = slash < 0 ? [first, second] : [first.slice(0, slash), first.slice(slash + 1)]
  return { kind: kind.toLowerCase().replace(/s$/, ''), ...(name === undefined ? {} : { name }) }
}

async function confirm(given: OnCluster): Promise<number> {
  const { flags, io, signal } = given
  const { kind, name = '' } = subjectOf(flags.positionals)
  const held =
    kind === 'kustomization' ? await heldPrune(name, given) : await heldAbsences(kind, name, given)
  if (given.isJson && !flags.isOn('yes')) {
    io.stdout(`${JSON.stringify(held.map(plain), undefined, 2)}\n`)
    return 0
  }
  if (held.length === 0) {
    io.stderr(`nothing is held back for ${kind}/${name}\n`)
    return 0
  }
  if (!given.isJson) {
    io.stdout(
      `Confirming lets go:\n${held
        .flatMap(({ would }) => would)
        .map((line) => `  ${line}\n`)
        .join('')}`,
    )
  }
  if (!flags.isOn('yes') && !(await isMeant(given))) return 1
  for (const one of held) {
    signal.throwIfAborted()
    await answer(one, given)
  }
  if (given.isJson) io.stdout(`${JSON.stringify(held.map(plain), undefined, 2)}\n`)
  else io.stdout(`confirmed; \`lockstep status\` shows what becomes of it\n`)
  return 0
}

function plain({ object, answer: given, would }: Held): object {
  return { kind: object.kind, ...keyOf(object), answer: given, would }
}

/** @throws Fault InvalidSpec where nobody can be asked. */
async function isMeant({ io }: OnCluster): Promise<boolean> {
  if (io.ask === undefined) {
    throw new Fault('InvalidSpec', 'nobody can be asked here', {
      hint: 'look at what would go, then give --yes',
    })
  }
  const said = (await io.ask('Is that meant? [y/N] ')).trim().toLowerCase()
  if (said === 'y' || said === 'yes') return true
  io.stderr('nothing was confirmed\n')
  return false
}

/** Only the very object that was shown: a uid that is no longer its own is a conflict. */
async function answer(held: Held, { client, signal }: OnCluster): Promise<void> {
  const { uid } = held.object.metadata
  const body = { metadata: { uid, annotations: { [held.annotation]: held.answer } } }
  await client.patch(held.resource, keyOf(held.object), body, {
    type: 'merge',
    fieldManager: 'lockstep-cli',
    signal,
  })
}

async function heldAbsences(
  kind: string,
  name: string,
  { client, namespace, signal }: OnCluster,
): Promise<readonly Held[]> {
  const where = kind === 'clustersecretstore' ? {} : { namespace }
  const { items } = await client.list(externalSecrets, { ...where, signal })
  if (kind === 'externalsecret' && !items.some(({ metadata }) => metadata.name === name)) {
    throw new Fault('NotFound', `there is no ExternalSecret ${namespace}/${name}`)
  }
  return items.flatMap((es): readonly Held[] => {
    const message = es.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? ''
    const found = parseHeld(message, es.metadata.namespace ?? '')
    if (found === undefined) return []
    const isMeant =
      kind === 'externalsecret'
        ? es.metadata.name === name
        : found.store.kind.toLowerCase() === kind && found.store.name === name
    if (!isMeant) return []
    const would = [whatGoes(es)]
    const annotation = confirmAbsence
    return [{ resource: externalSecrets, object: es, annotation, answer: found.answer, would }]
  })
}

function whatGoes(es: ExternalSecret): string {
  const { namespace = '', name } = es.metadata
  const target = es.spec?.target?.name ?? name
  const policy = es.spec?.target?.deletionPolicy ?? 'Retain'
  const what =
    policy === 'Delete'
      ? 'deleted, or its absent keys when some are left'
      : 'its absent keys are removed'
  return `Secret ${keyText({ namespace, name: target })}: ${what} (ExternalSecret ${name}, deletionPolicy ${policy})`
}

async function heldPrune(
  name: string,
  { client, namespace, signal }: OnCluster,
): Promise<readonly Held[]> {
  const sync: Kustomization | null = await client.get(
    kustomizations,
    { namespace, name },
    { signal },
  )
  if (sync === null) {
    throw new Fault('NotFound', `there is no Kustomization ${namespace}/${name}`)
  }
  const ready = sync.status?.conditions?.find(({ type }) => type === 'Ready')
  const revision = sync.status?.lastAttemptedRevision
  const message = ready?.message ?? ''
  if (ready?.status !== 'False' || !message.includes('prune held back')) return []
  if (revision === undefined) return []
  const told = await newestWarning(client, sync, signal, 'PruneHeld')
  const names = told === undefined ? [] : told.split('\n').slice(1)
  const would = [`${message}, at revision ${revision}`, ...names]
  const object: KubeObject = sync
  return [{ resource: kustomizations, object, annotation: confirmPrune, answer: revision, would }]
}
