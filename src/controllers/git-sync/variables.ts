/**
 * What a Kustomization puts into its objects: the ConfigMaps and Secrets of `postBuild.substituteFrom`, read
 * with the rights that the objects are written with. What the account may not read it cannot copy.
 */
import { Fault, faultOf, fromBase64, textIfUtf8 } from '#base'
import { configMaps, secrets, type Kustomization } from '#api'
import type { Client } from '#kube'
import type { Substitution, VariableSource } from '#render'

/** Variables, and the versions they were read in. */
export interface ReadVariables {
  readonly substitution: Substitution | undefined
  /** Another one when anything of it may be another; empty without substitution. */
  readonly identity: string
  /** A source that has to be there is not. */
  readonly isWaiting: boolean
}

type Reference = NonNullable<
  NonNullable<NonNullable<Kustomization['spec']>['postBuild']>['substituteFrom']
>[number]

/** @throws Fault when a source cannot be read: that is never taken for one that is not there. */
export async function variablesFor(
  sync: Kustomization,
  { client, strict }: { readonly client: Client; readonly strict: boolean },
  signal: AbortSignal,
): Promise<ReadVariables> {
  const postBuild = sync.spec?.postBuild
  if (postBuild === undefined || postBuild === null) {
    return { substitution: undefined, identity: '', isWaiting: false }
  }
  const namespace = sync.metadata.namespace ?? ''
  const read = await Promise.all(
    (postBuild.substituteFrom ?? []).map((from) => sourceOf(from, namespace, client, signal)),
  )
  const substitution = {
    sources: read.map(({ source }) => source),
    inline: postBuild.substitute ?? {},
    strict,
    always: postBuild.substituteStrategy === 'Always',
  }
  const isWaiting = read.some(({ source }) => source.data === null && source.optional !== true)
  return { substitution, identity: read.map(({ version }) => version).join(' '), isWaiting }
}

async function sourceOf(
  { kind, name, optional = false }: Reference,
  namespace: string,
  client: Client,
  signal: AbortSignal,
): Promise<{ readonly source: VariableSource; readonly version: string }> {
  const key = { namespace, name }
  try {
    const found =
      kind === 'Secret'
        ? await client.get(secrets, key, { signal })
        : await client.get(configMaps, key, { signal })
    const { uid = '', resourceVersion = '' } = found?.metadata ?? {}
    const read = found === null ? { data: null } : textsOf(found.data ?? {}, kind === 'Secret')
    return { source: { kind, name, optional, ...read }, version: `${uid}/${resourceVersion}` }
  } catch (thrown) {
    signal.throwIfAborted()
    throw unread(faultOf(thrown), `${kind}/${name}`)
  }
}

/** What is no text could not be written into YAML as it is: of that only the name. */
function textsOf(
  given: Readonly<Record<string, string>>,
  isEncoded: boolean,
): Required<Pick<VariableSource, 'textless'>> & { readonly data: ReadonlyMap<string, string> } {
  const data = new Map<string, string>()
  const textless: string[] = []
  for (const [name, value] of Object.entries(given)) {
    const bytes = isEncoded ? fromBase64(value) : undefined
    const text = isEncoded ? bytes && textIfUtf8(bytes) : value
    if (text === undefined) textless.push(name)
    else data.set(name, text)
  }
  return { data, textless }
}

function unread(fault: Fault, source: string): Fault {
  return new Fault(
    fault.reason,
    `post build failed: substitute from '${source}' error: ${fault.message}`,
    {
      cause: fault,
      retry: fault.retry,
      at: 'spec.postBuild.substituteFrom',
      ...(fault.reason === 'Forbidden'
        ? { hint: 'let the account of spec.serviceAccountName get it' }
        : fault.hint === undefined
          ? {}
          : { hint: fault.hint }),
    },
  )
}
