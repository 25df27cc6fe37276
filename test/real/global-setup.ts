/**
 * What a run of the real tests needs, started once: a control plane with our kinds and the stories'
 * namespaces in it, or the cluster of a kubeconfig that is given; and a Vault.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realEnv } from '#base/env'
import { createClient, kubeconfigAccess } from '#kube'
import { borrow, makeNamespaces } from './borrowed.ts'
import { startControlPlane } from './control-plane.ts'
import { embeddedOnlyFiles } from './embedded-only.ts'
import { installKinds } from './kinds.ts'
import { componentOf, programOf } from './programs.ts'
import { startVault } from './vault.ts'

export { installKinds } from './kinds.ts'

type Ending = () => Promise<void> | void

/**
 * Test files find what is started in `LOCKSTEP_TEST_…`.
 *
 * @returns what ends it all.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const endings: Ending[] = []
  const end = async (): Promise<void> => {
    for (const ending of endings.splice(0).toReversed()) await ending()
  }
  try {
    endings.push(noteUses())
    const lent = lentKubeconfig()
    endings.push(lent === undefined ? await ownCluster() : await lentCluster(lent))
    endings.push(await ownVault())
    for (const [file, why] of embeddedOnlyFiles) console.log(`SKIPPED ${file}: ${why}`)
  } catch (error) {
    await end()
    throw error
  }
  return end
}

function noteUses(): Ending {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-uses-'))
  const path = join(folder, 'uses.jsonl')
  writeFileSync(path, '')
  process.env['LOCKSTEP_TEST_USES'] = path
  return () => {} // the reporter reads it after this, and takes it away
}

/** `LOCKSTEP_TEST_KUBECONFIG`, or `KUBECONFIG` where `USE_EXISTING_CLUSTER` is `true`. */
function lentKubeconfig(): string | undefined {
  const named = process.env['LOCKSTEP_TEST_KUBECONFIG']
  if (named !== undefined && named !== '') return named
  if (process.env['USE_EXISTING_CLUSTER'] !== 'true') return undefined
  const path = process.env['KUBECONFIG']
  if (path === undefined) throw new Error('USE_EXISTING_CLUSTER needs KUBECONFIG')
  return path
}

async function lentCluster(path: string): Promise<Ending> {
  const giveBack = await borrow(path)
  process.env['LOCKSTEP_TEST_KUBECONFIG'] = path
  process.env['LOCKSTEP_TEST_BORROWED'] = '1'
  console.log(`on the cluster of ${path}; its own objects are left alone`)
  return giveBack
}

async function ownCluster(): Promise<Ending> {
  const plane = await startControlPlane()
  process.env['LOCKSTEP_TEST_KUBECONFIG'] = plane.kubeconfig
  process.env['LOCKSTEP_TEST_AUDIT_LOG'] = plane.auditLog
  process.env['LOCKSTEP_TEST_ETCD'] = plane.etcdUrl
  if (plane.hasControllers) process.env['LOCKSTEP_TEST_CONTROLLERS'] = '1'
  else tellMissing('kube-controller-manager')
  try {
    await installKinds(plane.kubeconfig)
    const env = realEnv()
    const server = await kubeconfigAccess(env, { path: plane.kubeconfig })
    const client = createClient({ env, server })
    await makeNamespaces(client)
    await client.close()
  } catch (error) {
    await plane.close()
    throw error
  }
  return () => plane.close()
}

async function ownVault(): Promise<Ending> {
  if (programOf('vault', 'optional') === undefined) {
    tellMissing('vault')
    return () => {}
  }
  const vault = await startVault()
  process.env['LOCKSTEP_TEST_VAULT'] = vault.url
  process.env['LOCKSTEP_TEST_VAULT_TOKEN'] = vault.rootToken
  process.env['LOCKSTEP_TEST_VAULT_KEY'] = vault.unsealKey
  return () => vault.close()
}

function tellMissing(name: string): void {
  console.log(`SKIPPED ${name}: not tested: ${componentOf(name).without}`)
}
