/**
 * Somebody's cluster, lent to the tests: they bring their kinds and namespaces, and take them away again.
 * What was there before is neither changed nor looked after, or the tests do not begin.
 */
import { resource, type AnyObject, type Resource } from '#api'
import { at, Fault } from '#base'
import { realEnv } from '#base/env'
import { createClient, kubeconfigAccess, type Client } from '#kube'
import {
  clear,
  storyClusterRoles,
  storyNamespaces,
  testLabel,
  wideRights,
} from '../stories/servers.ts'
import { definitions, installKinds, kindsInFolder } from './kinds.ts'

const namespaces = resource('v1', 'Namespace', 'namespaces', 'cluster')

/**
 * Makes everything that the stories need in the cluster of a kubeconfig.
 *
 * @returns what takes it away again, and waits until it is gone.
 * @throws Fault that names what is in the way; nothing was made then.
 */
export async function borrow(kubeconfig: string): Promise<() => Promise<void>> {
  const env = realEnv()
  const client = createClient({ env, server: await kubeconfigAccess(env, { path: kubeconfig }) })
  try {
    await assertFree(client)
    await installKinds(kubeconfig)
    await makeNamespaces(client)
  } catch (error) {
    await client.close()
    throw error
  }
  return async () => {
    await giveBack(client)
    await client.close()
  }
}

/** Makes the stories' namespaces, marked as the tests' own. */
export async function makeNamespaces(client: Client): Promise<void> {
  for (const name of storyNamespaces) {
    const metadata = { name, labels: { [testLabel]: 'stories' } }
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata }
    await client.apply(namespaces, namespace, { fieldManager: 'lockstep-tests' })
  }
}

/**
 * Proves that nothing of the cluster's owner has a name that the tests use. Kinds of ours that are there
 * already are in the way too: their own operator would act on the stories' objects, and the operator of
 * the stories on theirs.
 */
async function assertFree(client: Client): Promise<void> {
  const taken: string[] = []
  const look = async (kind: Resource, names: readonly string[]): Promise<void> => {
    for (const name of names) {
      const found = await client.get(kind, { name })
      if (found === null || isOurs(found)) continue
      taken.push(`${kind.kind} ${name}`)
    }
  }
  await look(
    definitions,
    kindsInFolder().map(({ metadata }) => metadata.name),
  )
  await look(namespaces, storyNamespaces)
  for (const kind of wideRights) await look(kind, storyClusterRoles)
  if (taken.length === 0) return
  throw new Fault('InvalidSpec', `the cluster has what the tests would make: ${taken.join(', ')}`, {
    hint: 'Lend them a cluster without Lockstep and its peers, for example of `kind create cluster`.',
  })
}

/** Made by a run of these tests: marked, or applied by nobody but a story. */
function isOurs({ metadata }: AnyObject): boolean {
  const managers = (metadata.managedFields ?? []).map((entry) => at(entry, 'manager'))
  const isOfStory = managers.length > 0 && managers.every((manager) => manager === 'somebody')
  return metadata.labels?.[testLabel] !== undefined || isOfStory
}

async function giveBack(client: Client): Promise<void> {
  await clear(client) // what a story that was broken off has left, with its finalizers
  const kinds: readonly Resource[] = [namespaces, definitions]
  for (const kind of kinds) {
    for (const { metadata } of (await client.list(kind, { labelSelector: testLabel })).items) {
      const { name, uid = '' } = metadata
      await client.delete(kind, { name }, { uid })
      for (let left = true; left; await realEnv().clock.sleep(200)) {
        left = (await client.get(kind, { name }))?.metadata.uid === uid
      }
    }
  }
}
