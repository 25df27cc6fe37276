/** Our kinds, as crds/ has them, in a real API server. */
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { resource, type AnyObject, type Resource } from '#api'
import { at } from '#base'
import { realEnv } from '#base/env'
import { createClient, kubeconfigAccess } from '#kube'
import { testLabel } from '../stories/servers.ts'

export const definitions: Resource = resource(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  'cluster',
)

/** The definitions in crds/. */
export function kindsInFolder(): readonly AnyObject[] {
  return readdirSync('crds')
    .filter((name) => /^[a-z.-]+_[a-z]+\.yaml$/.test(name))
    .flatMap((name) => parseAllDocuments(readFileSync(`crds/${name}`, 'utf8')))
    .map((document) => document.toJS() as AnyObject)
}

/** Applies crds/ to the cluster of a kubeconfig, marked as the tests' own, and waits until each is served. */
export async function installKinds(kubeconfig: string): Promise<void> {
  const env = realEnv()
  const client = createClient({ env, server: await kubeconfigAccess(env, { path: kubeconfig }) })
  try {
    const documents = kindsInFolder()
    for (const { metadata, ...rest } of documents) {
      const labels = { ...metadata.labels, [testLabel]: 'stories' }
      const marked = { ...rest, metadata: { ...metadata, labels } } as AnyObject
      await client.apply(definitions, marked, { fieldManager: 'lockstep-tests', force: true })
    }
    for (const { metadata } of documents) {
      while (!isEstablished(await client.get(definitions, { name: metadata.name }))) {
        await env.clock.sleep(50)
      }
    }
  } finally {
    await client.close()
  }
}

function isEstablished(definition: AnyObject | null): boolean {
  const conditions = at(definition, 'status', 'conditions')
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (entry) => at(entry, 'type') === 'Established' && at(entry, 'status') === 'True',
    )
  )
}
