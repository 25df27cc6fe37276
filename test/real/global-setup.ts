/**
 * What a run of the real tests needs, started once: a control plane with our kinds and the stories'
 * namespaces in it, or the cluster of a kubeconfig that is given; and a Vault.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { realEnv } from '#base/env'
import { createClient, kubeconfigAccess } from '#kube'
import { borrow, makeNamespaces } from './borrowed.ts'
import { startControlPlane } from './control-plane.ts'
import { embeddedOnlyFiles } from './embedded-only.ts'
import { lentKubeconfig, missingPlane } from './stage-at-hand.ts'
import { installKinds } from './kinds.ts'
import { componentOf, programOf } from './programs.ts'
import { startVault } from './vault.ts'

export { installKinds } from './kinds.ts'

type Ending = () => Promise<void>

/** Variables that lead a worker to its servers. */
type Servers = Record<string, string>

/**
 * Test files find what is started in `LOCKSTEP_TEST_…`.
 *
 * @returns what ends it all.
 */
export default async function setup({ config }: TestProject): Promise<() => Promise<void>> {
  const endings: Ending[] = []
  const end = async (): Promise<void> => {
    await Promise.all(endings.splice(0).map((ending) => ending()))
  }
  try {
    noteUses()
    setDeadline()
    for (const [file, why] of embeddedOnlyFiles) console.log(`SKIPPED ${file}: ${why}`)
    if (missingPlane.length > 0) {
      for (const name of missingPlane) tellMissing(name)
      return end
    }
    const lent = lentKubeconfig()
    const workers = Array.from({ length: config.maxWorkers })
    const started = await Promise.allSettled(
      workers.map(async () => await serversOfOne(lent, endings)),
    )
    const all = started.map((one) => {
      if (one.status === 'rejected') throw one.reason
      return one.value
    })
    process.env['LOCKSTEP_TEST_SERVERS'] = JSON.stringify(all)
    for (const name of ['kube-controller-manager', 'vault']) {
      if (programOf(name, 'optional') === undefined) tellMissing(name)
    }
  } catch (error) {
    await end()
    throw error
  }
  return end
}

/** `LOCKSTEP_TEST_MINUTES`: no test is begun after so many; what is left counts as skipped. */
function setDeadline(): void {
  const minutes = Number(process.env['LOCKSTEP_TEST_MINUTES'] ?? 'Infinity')
  if (Number.isNaN(minutes)) throw new Error('LOCKSTEP_TEST_MINUTES is no number')
  process.env['LOCKSTEP_TEST_DEADLINE'] = String(Date.now() + minutes * 60_000)
}

/** Where workers say what they use; the reporter reads it at the end, and takes it away. */
function noteUses(): void {
  const path = join(mkdtempSync(join(tmpdir(), 'lockstep-uses-')), 'uses.jsonl')
  writeFileSync(path, '')
  process.env['LOCKSTEP_TEST_USES'] = path
}

async function serversOfOne(lent: string | undefined, endings: Ending[]): Promise<Servers> {
  const cluster = lent === undefined ? await ownCluster(endings) : await lentCluster(lent, endings)
  return { ...cluster, ...(await ownVault(endings)) }
}

async function lentCluster(path: string, endings: Ending[]): Promise<Servers> {
  endings.push(await borrow(path))
  console.log(`on the cluster of ${path}; what else is in it is left alone`)
  return { LOCKSTEP_TEST_KUBECONFIG: path, LOCKSTEP_TEST_BORROWED: '1' }
}

async function ownCluster(endings: Ending[]): Promise<Servers> {
  const plane = await startControlPlane()
  endings.push(() => plane.close())
  await installKinds(plane.kubeconfig)
  const env = realEnv()
  const server = await kubeconfigAccess(env, { path: plane.kubeconfig })
  const client = createClient({ env, server })
  await makeNamespaces(client)
  await client.close()
  return {
    LOCKSTEP_TEST_KUBECONFIG: plane.kubeconfig,
    LOCKSTEP_TEST_AUDIT_LOG: plane.auditLog,
    LOCKSTEP_TEST_ETCD: plane.etcdUrl,
    ...(plane.hasControllers ? { LOCKSTEP_TEST_CONTROLLERS: '1' } : {}),
  }
}

async function ownVault(endings: Ending[]): Promise<Servers> {
  if (programOf('vault', 'optional') === undefined) return {}
  const vault = await startVault()
  endings.push(() => vault.close())
  return {
    LOCKSTEP_TEST_VAULT: vault.url,
    LOCKSTEP_TEST_VAULT_TOKEN: vault.rootToken,
    LOCKSTEP_TEST_VAULT_KEY: vault.unsealKey,
  }
}

function tellMissing(name: string): void {
  console.log(`SKIPPED ${name}: not tested: ${componentOf(name).without}`)
}
