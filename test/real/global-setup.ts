/** One control plane for a run of the real tests, with our kinds in it. */
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { resource, type AnyObject } from '#api'
import { at } from '#base'
import { realEnv } from '#base/env'
import { createClient, kubeconfigAccess } from '#kube'
import { startControlPlane } from './control-plane.ts'
import { embeddedOnly } from './embedded-only.ts'
import { programOf } from './programs.ts'
import { startVault, type RealVault } from './vault.ts'

const definitions = resource(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  'cluster',
)

/**
 * Starts it, or takes the cluster of $KUBECONFIG where $USE_EXISTING_CLUSTER is `true`; test files find
 * it by `LOCKSTEP_TEST_KUBECONFIG`.
 *
 * @returns what ends it.
 */
export default async function setup(): Promise<() => Promise<void>> {
  console.log('SKIPPED stories of absence: minutes of refreshes, not played in real time yet')
  for (const [name, why] of embeddedOnly) console.log(`SKIPPED story "…${name}…": ${why}`)
  if (process.env['USE_EXISTING_CLUSTER'] === 'true') {
    const path = process.env['KUBECONFIG']
    if (path === undefined) throw new Error('USE_EXISTING_CLUSTER needs KUBECONFIG')
    process.env['LOCKSTEP_TEST_KUBECONFIG'] = path
    await installKinds(path)
    return () => Promise.resolve()
  }
  const plane = await startControlPlane()
  process.env['LOCKSTEP_TEST_KUBECONFIG'] = plane.kubeconfig
  process.env['LOCKSTEP_TEST_AUDIT_LOG'] = plane.auditLog
  process.env['LOCKSTEP_TEST_ETCD'] = plane.etcdUrl
  if (!plane.hasControllers) {
    console.log(
      'SKIPPED kube-controller-manager: not tested: garbage collection, namespaces that end',
    )
  }
  try {
    await installKinds(plane.kubeconfig)
  } catch (error) {
    await plane.close()
    throw error
  }
  const vault = await vaultIfThere()
  return async () => {
    await vault?.close()
    await plane.close()
  }
}

async function vaultIfThere(): Promise<RealVault | undefined> {
  if (programOf('vault', 'optional') === undefined) {
    console.log('SKIPPED vault: not tested: the Vault provider against a real Vault')
    return undefined
  }
  const vault = await startVault()
  process.env['LOCKSTEP_TEST_VAULT'] = vault.url
  process.env['LOCKSTEP_TEST_VAULT_TOKEN'] = vault.rootToken
  return vault
}

/** Applies crds/ and waits until each is served. */
export async function installKinds(kubeconfig: string): Promise<void> {
  const env = realEnv()
  const client = createClient({ env, server: await kubeconfigAccess(env, { path: kubeconfig }) })
  const documents = readdirSync('crds')
    .filter((name) => /^[a-z.-]+_[a-z]+\.yaml$/.test(name))
    .flatMap((name) => parseAllDocuments(readFileSync(`crds/${name}`, 'utf8')))
    .map((document) => document.toJS() as AnyObject)
  const options = { fieldManager: 'lockstep-tests', force: true }
  for (const document of documents) await client.apply(definitions, document, options)
  for (const { metadata } of documents) {
    while (!isEstablished(await client.get(definitions, { name: metadata.name }))) {
      await env.clock.sleep(50)
    }
  }
  await client.close()
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
