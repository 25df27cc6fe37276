/** The two programs that seal and the two that unseal, each behind the same few calls. */
import { resolve } from 'node:path'
import { secrets, type Secret } from '#api'
import { fromBase64, textOf, utf8, base64 } from '#base'
import { sealedSecretController, type SealedSecretOptions } from '#controllers/sealed-secret'
import { createClient } from '#kube'
import { createEventRecorder } from '#runtime'
import { generateKeyTask, makeSelfSigned } from '#x509'
import { serveBehind, type Cluster } from './cluster.ts'
import { programOrSkip, run, startSealedSecrets, type Ran } from './programs.ts'

/** A controller that unseals, running. */
export interface Unsealer {
  /** Its own endpoint, beside the Service. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts one on a cluster. */
export type StartUnsealer = (
  cluster: Cluster,
  options?: { readonly newKey?: boolean },
) => Promise<Unsealer>

/** Runs `kubeseal FLAGS…`, whichever of the two it is. */
export type Sealer = (
  cluster: Cluster,
  flags: readonly string[],
  stdin?: string,
  cwd?: string,
) => Promise<Ran>

/** Ours, in this process, with an identity of its own at the API server. */
export const startLockstep: StartUnsealer = async (cluster, { newKey = false } = {}) => {
  const { env } = cluster
  const client = createClient({ env, server: cluster.access })
  const options: SealedSecretOptions = {
    keyNamespace: 'kube-system',
    keySize: 2048,
    keyRenewPeriodMs: 0,
    rateLimit: 100,
    rateLimitBurst: 100,
    ...(newKey ? { keyCutoffMs: env.clock.now() } : {}),
  }
  const events = createEventRecorder({ env, client, component: 'sealed-secrets' })
  const controller = sealedSecretController({ env, client, events, options })
  const control = new AbortController()
  const running = controller.run(control.signal)
  running.catch(() => {}) // seen when it is stopped
  while (!controller.ready()) await env.clock.sleep(20)
  const service = { namespace: 'kube-system', name: 'sealed-secrets-controller' }
  const served = await serveBehind(cluster, service, controller.handler)
  return {
    url: served.url,
    stop: async () => {
      control.abort()
      await running
      await served.close()
      await client.close()
    },
  }
}

/** The controllers: theirs is absent when it was not built. */
export function unsealers(): readonly (readonly [string, StartUnsealer])[] {
  const program = programOrSkip(
    'sealed-secrets-controller',
    'that what is sealed here is unsealed by the Sealed Secrets controller',
  )
  if (program === undefined) return [['Lockstep', startLockstep]]
  const theirs: StartUnsealer = async (cluster, { newKey = false } = {}) => {
    const cutoff = new Date().toUTCString().replace('GMT', '+0000')
    const flags = newKey ? [`--key-cutoff-time=${cutoff}`] : []
    const running = await startSealedSecrets(cluster, program, flags)
    return { url: running.url, stop: () => running.stop() }
  }
  return [
    ['Lockstep', startLockstep],
    ['the Sealed Secrets controller', theirs],
  ]
}

const lockstep: Sealer = (cluster, flags, stdin, cwd = cluster.folder) =>
  run(process.execPath, [resolve('src/bin/lockstep.ts'), 'seal', ...flags], {
    variables: { KUBECONFIG: cluster.kubeconfig, HOME: cluster.folder },
    cwd,
    ...(stdin === undefined ? {} : { stdin }),
  })

/** The command lines: theirs is absent when it was not built. */
export function sealers(): readonly (readonly [string, Sealer])[] {
  const program = programOrSkip('kubeseal', 'that what kubeseal seals is unsealed here')
  if (program === undefined) return [['lockstep seal', lockstep]]
  const kubeseal: Sealer = (cluster, flags, stdin, cwd = cluster.folder) =>
    run(program, flags, {
      variables: { KUBECONFIG: cluster.kubeconfig, HOME: cluster.folder },
      cwd,
      ...(stdin === undefined ? {} : { stdin }),
    })
  return [
    ['lockstep seal', lockstep],
    ['kubeseal', kubeseal],
  ]
}

const label = 'sealedsecrets.bitnami.com/sealed-secrets-key'

/** All sealing keys of a cluster. */
export async function sealingKeys(cluster: Cluster): Promise<readonly Secret[]> {
  const list = await cluster.client.list(secrets, {
    namespace: 'kube-system',
    labelSelector: `${label}=active`,
  })
  return list.items
}

/** Removes them: the next controller begins with a key of its own. */
export async function removeSealingKeys(cluster: Cluster): Promise<void> {
  for (const { metadata } of await sealingKeys(cluster)) {
    await cluster.client.delete(secrets, { namespace: 'kube-system', name: metadata.name })
  }
}

/** A key made by hand, as the manual of Sealed Secrets tells: `openssl`, then a labelled Secret. */
export async function bringOwnKey(cluster: Cluster, name: string): Promise<string> {
  const { env, client } = cluster
  const pair = await env.compute.run(generateKeyTask, { type: 'rsa', bits: 2048 })
  const notBeforeMs = env.clock.now() - 1_000
  const certificate = await makeSelfSigned(
    env,
    { use: 'sealing', commonName: name, notBeforeMs, notAfterMs: notBeforeMs + 86_400_000 },
    pair,
  )
  await client.create(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'kube-system', name, labels: { [label]: 'active' } },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(utf8(certificate)), 'tls.key': base64(utf8(pair.privateKey)) },
  })
  return certificate
}

/** The certificate in a key Secret. */
export function certificateIn(secret: Secret | undefined): string {
  return textOf(fromBase64(secret?.data?.['tls.crt'] ?? '') ?? new Uint8Array())
}
