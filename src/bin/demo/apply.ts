import type { AnyObject } from '#api'
import { Fault, isObject } from '#base'
import { parseKubeYaml } from '#go'
import type { Client } from '#kube'

/** Applies the documents of a YAML text in order, as `kubectl apply --server-side` would. */
export async function applyManifests(
  client: Client,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  for (const document of parseKubeYaml(text)) {
    if (!isObject(document)) continue
    const object = document as unknown as AnyObject
    const kind = await client.resourceOf(object.apiVersion, object.kind, { signal })
    if (kind === null) throw new Fault('NotFound', `${object.kind} is not served`)
    await client.apply(kind, object, { fieldManager: 'lockstep-demo', signal })
  }
}
