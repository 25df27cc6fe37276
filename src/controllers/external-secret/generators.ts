/** Which generators an ExternalSecret draws from, and from a reference to a generator that can be asked. */
import {
  clusterGenerators,
  fakes,
  passwords,
  sshKeys,
  uuids,
  type ClusterGenerator,
  type ExternalSecret,
  type ExternalSecretDataFrom,
  type GeneratorRef,
  type KubeObject,
  type Resource,
} from '#api'
import { Fault, faultOf, outcomeOf, type Outcome } from '#base'
import type { Client } from '#kube'
import type { Generator, GeneratorKind } from '#provider'

const group = 'generators.external-secrets.io'
const version = 'v1alpha1'

/** The kinds that are built, and how the API server names them. */
export const generatorResources: Readonly<
  Record<GeneratorKind | 'ClusterGenerator', Resource<KubeObject>>
> = {
  Password: passwords,
  SSHKey: sshKeys,
  UUID: uuids,
  Fake: fakes,
  ClusterGenerator: clusterGenerators,
}

/** A built kind, or ClusterGenerator. */
export type WatchedKind = keyof typeof generatorResources

/** The generator that an entry draws from; undefined: it reads a store, which goes first. */
export function generatorOf(entry: ExternalSecretDataFrom): GeneratorRef | undefined {
  if (entry.find !== undefined || entry.extract !== undefined) return undefined
  return entry.sourceRef?.generatorRef
}

/** Whether its values are made, not read: what a target has lost of them is lost for good. */
export function isGenerated(es: ExternalSecret): boolean {
  return es.spec?.dataFrom?.some((entry) => generatorOf(entry) !== undefined) === true
}

/** Whether any entry of `dataFrom` names a generator, drawn from or not. */
export function namesGenerator(es: ExternalSecret): boolean {
  return es.spec?.dataFrom?.some(({ sourceRef }) => sourceRef?.generatorRef !== undefined) === true
}

/**
 * Whether an entry of `data` names a generator. The definition lets it through, but such an entry has no
 * store; the peer then leaves the object alone, without a condition.
 */
export function drawsOneValue(es: ExternalSecret): boolean {
  return es.spec?.data?.some(({ sourceRef }) => sourceRef?.generatorRef !== undefined) === true
}

/** Every generator of a kind that is built that an ExternalSecret names, as text. */
export function generatorTexts(es: ExternalSecret): readonly string[] {
  return (es.spec?.dataFrom ?? []).flatMap(({ sourceRef }) => {
    const ref = sourceRef?.generatorRef
    if (ref === undefined || !isBuilt(ref.kind)) return []
    return [generatorText(ref.kind, es.metadata.namespace, ref.name)]
  })
}

/** The kinds of {@link generatorTexts}. */
export function generatorKinds(es: ExternalSecret): readonly WatchedKind[] {
  return (es.spec?.dataFrom ?? []).flatMap(({ sourceRef }) => {
    const kind = sourceRef?.generatorRef?.kind
    return kind !== undefined && isBuilt(kind) ? [kind] : []
  })
}

/** Text form of a generator, for indexes. */
export function generatorText(
  kind: WatchedKind,
  namespace: string | undefined,
  name: string,
): string {
  return `${kind}/${kind === 'ClusterGenerator' ? '' : (namespace ?? '')}/${name}`
}

function isBuilt(kind: string): kind is WatchedKind {
  return Object.hasOwn(generatorResources, kind)
}

/** The generators of one ExternalSecret, read in one go. */
export interface Generators {
  /** Whether all of them, as far as they could be read, are of our controller class. */
  readonly areOurs: boolean
  /** That of an entry of `dataFrom`, by its index. */
  readonly at: (index: number) => Outcome<Generator>
}

/** Those of an object that names none. */
export const noGenerators: Generators = {
  areOurs: true,
  at: () => ({ kind: 'failed', fault: unread() }),
}

export interface GeneratorDeps {
  readonly client: Pick<Client, 'get'>
  readonly controllerClass: string
  /** Whether ClusterGenerators are used. */
  readonly clusterWide: boolean
}

/** Reads them all from the server. What cannot be read is a value; whoever needs it, tells. */
export async function readGenerators(
  es: ExternalSecret,
  deps: GeneratorDeps,
  signal: AbortSignal,
): Promise<Generators> {
  const outcomes = await Promise.all(
    (es.spec?.dataFrom ?? []).map(async ({ sourceRef }) => {
      const ref = sourceRef?.generatorRef
      if (ref === undefined) return undefined
      return await outcomeOf(() => readGenerator(ref, es.metadata.namespace, deps, signal), signal)
    }),
  )
  return {
    areOurs: outcomes.every((outcome) => isOurs(outcome, deps.controllerClass)),
    at: (index) => outcomes[index] ?? { kind: 'failed', fault: unread() },
  }
}

/** Only a Fake can be meant for somebody else; a generator that cannot be read stops nobody here. */
function isOurs(outcome: Outcome<Generator> | undefined, controllerClass: string): boolean {
  if (outcome?.kind !== 'done' || outcome.value.kind !== 'Fake') return true
  const { controller = '' } = outcome.value.spec
  return controller === '' || controller === controllerClass
}

function unread(): Fault {
  return new Fault('InternalError', 'the generator was not read')
}

async function readGenerator(
  ref: GeneratorRef,
  namespace: string | undefined,
  deps: GeneratorDeps,
  signal: AbortSignal,
): Promise<Generator> {
  try {
    const kind = kindOf(ref)
    return kind === 'ClusterGenerator'
      ? generatorIn(await read(kind, { name: ref.name }, deps, signal))
      : generator(kind, await read(kind, keyIn(namespace, ref.name), deps, signal))
  } catch (thrown) {
    signal.throwIfAborted()
    throw faultOf(thrown).within('unable to get generator')
  }
}

function keyIn(namespace: string | undefined, name: string): { namespace?: string; name: string } {
  return { ...(namespace === undefined ? {} : { namespace }), name }
}

/** The kind, if the reference names one that can be used. @throws Fault, in the peer's words where it has any. */
function kindOf({ apiVersion = `${group}/${version}`, kind }: GeneratorRef): WatchedKind {
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/')
  if (parts.length > 2) {
    throw wrongRef(
      `generatorRef has invalid APIVersion: unexpected GroupVersion string: ${apiVersion}`,
    )
  }
  const [first = '', second] = parts
  const named = second === undefined ? '' : first
  if (named !== group) {
    throw wrongRef(`generatorRef may only reference the generators group, but got ${named}`)
  }
  if (second !== version) {
    throw wrongRef(`generatorRef references unknown GVK ${apiVersion}, Kind=${kind}`)
  }
  if (isBuilt(kind)) return kind
  throw notBuilt(kind)
}

function wrongRef(text: string): Fault {
  return new Fault('InvalidRef', `terminal error: ${text}`, {
    at: 'spec.dataFrom[].sourceRef.generatorRef',
  })
}

function notBuilt(kind: string): Fault {
  return new Fault('Unsupported', `generators of kind ${kind} are not built into Lockstep yet`, {
    hint: 'Keep this object with External Secrets for now.',
  })
}

/** The object. @throws Fault InvalidRef, in the peer's words, when there is none. */
async function read(
  kind: WatchedKind,
  key: { readonly namespace?: string; readonly name: string },
  { client, clusterWide }: GeneratorDeps,
  signal: AbortSignal,
): Promise<KubeObject> {
  if (kind === 'ClusterGenerator' && !clusterWide) {
    const text = 'ClusterGenerators are not used where Lockstep looks after one namespace'
    throw new Fault('Forbidden', text, { hint: 'Name a generator of this namespace.' })
  }
  const object = await readOrTell(kind, key, client, signal)
  if (object !== null) return object
  throw new Fault('InvalidRef', `${kind}.${group} "${key.name}" not found`, {
    hint: `Create the ${kind}, or correct the reference.`,
    retry: { kind: 'backoff' },
  })
}

async function readOrTell(
  kind: WatchedKind,
  key: { readonly namespace?: string; readonly name: string },
  client: GeneratorDeps['client'],
  signal: AbortSignal,
): Promise<KubeObject | null> {
  try {
    return await client.get(generatorResources[kind], key, { signal })
  } catch (thrown) {
    const fault = faultOf(thrown)
    if (fault.reason !== 'NotFound') throw fault
    throw new Fault('NotFound', `no matches for kind "${kind}" in version "${group}/${version}"`, {
      hint: `Install the definition of ${kind} from crds/.`,
      cause: fault,
    })
  }
}

type WithSpec = KubeObject & { readonly spec?: object }

function generator(kind: GeneratorKind, { spec = {} }: WithSpec): Generator {
  // Each kind's own definition says what its spec holds.
  return kind === 'UUID' ? { kind } : { kind, spec }
}

const specNames: Readonly<
  Record<GeneratorKind, 'passwordSpec' | 'sshKeySpec' | 'uuidSpec' | 'fakeSpec'>
> = { Password: 'passwordSpec', SSHKey: 'sshKeySpec', UUID: 'uuidSpec', Fake: 'fakeSpec' }

/** What a ClusterGenerator stands for. @throws Fault when its kind and its spec do not fit. */
function generatorIn({ spec }: ClusterGenerator): Generator {
  const kind = spec?.kind ?? ''
  if (!isBuilt(kind)) throw notBuilt(kind)
  const inner = spec?.generator[specNames[kind]]
  if (inner !== undefined) return generator(kind, { spec: inner } as WithSpec)
  const text = `invalid ClusterGenerator: when kind is ${kind}, ${kind}Spec must be set`
  throw new Fault('InvalidRef', `terminal error: ${text}`)
}
