/** The embedded servers that the demo is played on, and the kubeconfig to look around in them. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import {
  base64,
  hex,
  textOf,
  utf8,
  type Env,
  type Listener,
  type ServerRequest,
  type ServerResponse,
} from '#base'
import { createGitServer, type GitServer } from '#embedded/git'
import { createKubeApi } from '#embedded/kube-api'
import { createVault, type EmbeddedVault } from '#embedded/vault'
import { createClient, kubeconfigAccess, type Client } from '#kube'
import { generateKeyTask, makeCertificate, makeSelfSigned, type CertificateUse } from '#x509'

/** Everything the demo runs against, on loopback, until `close`. */
export interface World {
  readonly client: Client
  /** Path of a kubeconfig with an administrator's client certificate. */
  readonly kubeconfig: string
  readonly apiUrl: string
  readonly vault: EmbeddedVault & {
    readonly url: string
    readonly rootToken: string
    stop(): Promise<void>
    start(): Promise<void>
  }
  readonly git: GitServer & { readonly url: string }
  /** Answers the sealing endpoints through the API server's service proxy from now on. */
  serveSealing(handler: (request: ServerRequest) => Promise<ServerResponse>): void
  close(): Promise<void>
}

/** Starts API server, Vault and Git server; their data live in `folder` and in memory. */
export async function startWorld(env: Env, folder: string, signal: AbortSignal): Promise<World> {
  let sealing: ((request: ServerRequest) => Promise<ServerResponse>) | undefined
  const crds = await definitions(env)
  // Vault checks ServiceAccount tokens as a reviewer of its own, as it does in a real cluster.
  const reviewerToken = hex(env.entropy.bytes(24))
  const api = createKubeApi({
    env,
    crds,
    users: { [reviewerToken]: { name: 'vault', groups: ['system:masters'] } },
    anonymousIsAdmin: false,
    serviceProxy: async ({ service, path, method, headers, body }) =>
      service !== 'sealed-secrets-controller' || sealing === undefined
        ? null
        : await sealing({
            method,
            target: path,
            headers,
            body: once(body),
            remoteAddress: '127.0.0.1',
            signal,
          }),
  })
  const pki = await certificates(env, signal)
  const listener = await env.net.listen(api.handler, {
    tls: { cert: pki.server.cert, key: pki.server.key, clientCa: pki.ca },
  })
  const kubeconfig = join(folder, 'kubeconfig')
  await env.fs.write(kubeconfig, kubeconfigText(listener.url, pki), { mode: 0o600 })
  const client = createClient({ env, server: await kubeconfigAccess(env, { path: kubeconfig }) })
  const vault = await startVault(env, {
    url: listener.url,
    token: reviewerToken,
    tls: { ca: pki.ca },
  })
  const git = createGitServer({ env, folder: join(folder, 'git') })
  await git.create('shop')
  const gitListener = await env.net.listen(git.handler)
  return {
    client,
    kubeconfig,
    apiUrl: listener.url,
    vault,
    git: { ...git, url: `${gitListener.url}/shop.git` },
    serveSealing: (handler) => {
      sealing = handler
    },
    close: async () => {
      await client.close()
      await Promise.all([vault.stop(), gitListener.close()])
      api.close()
      await listener.close()
    },
  }
}

async function startVault(
  env: Env,
  reviewer: { readonly url: string; readonly token: string; readonly tls: { readonly ca: string } },
): Promise<World['vault']> {
  const rootToken = `root-${env.entropy.uuid()}`
  const vault = createVault({ env, rootToken, tokenReviewer: reviewer })
  vault.policy(
    'shop',
    'path "secret/data/shop/*" { capabilities = ["read"] }\npath "secret/metadata/shop/*" { capabilities = ["read", "list"] }',
  )
  vault.kubernetesRole('shop', {
    bound_service_account_names: ['shop'],
    bound_service_account_namespaces: ['shop'],
    token_policies: ['shop'],
    ttl: '10m',
  })
  let listener: Listener | undefined = await env.net.listen(vault.handler)
  const { url, port } = listener
  return {
    ...vault,
    url,
    rootToken,
    stop: async () => {
      await listener?.close()
      listener = undefined
    },
    start: async () => {
      listener ??= await env.net.listen(vault.handler, { port })
    },
  }
}

/** The CRDs as this version serves them. */
async function definitions(env: Env): Promise<readonly object[]> {
  const folder = fileURLToPath(new URL('../../../crds', import.meta.url))
  const objects: object[] = []
  for (const name of (await env.fs.list(folder)) ?? []) {
    if (!/^[a-z.-]+_[a-z]+\.yaml$/.test(name)) continue
    const bytes = await env.fs.read(join(folder, name))
    for (const document of parseAllDocuments(textOf(bytes ?? new Uint8Array()))) {
      objects.push(document.toJS() as object)
    }
  }
  return objects
}

interface Pki {
  /** PEM. */
  readonly ca: string
  readonly server: { readonly cert: string; readonly key: string }
  readonly admin: { readonly cert: string; readonly key: string }
}

const dayMs = 86_400_000

async function certificates(env: Env, signal: AbortSignal): Promise<Pki> {
  const span = { notBeforeMs: env.clock.now() - 60_000, notAfterMs: env.clock.now() + 30 * dayMs }
  const newKey = () => env.compute.run(generateKeyTask, { type: 'ec' }, { signal })
  const caKey = await newKey()
  const caRequest = { use: 'ca' as const, commonName: 'lockstep-demo', ...span }
  const ca = await makeSelfSigned(env, caRequest, caKey, signal)
  const issuer = {
    request: { ...caRequest, publicKey: caKey.publicKey },
    privateKey: caKey.privateKey,
  }
  const issue = async (
    use: CertificateUse,
    subject: { commonName: string; organizations?: readonly string[]; names?: readonly string[] },
  ): Promise<{ cert: string; key: string }> => {
    const key = await newKey()
    const request = { use, publicKey: key.publicKey, ...subject, ...span }
    return { cert: await makeCertificate(env, request, issuer, signal), key: key.privateKey }
  }
  return {
    ca,
    server: await issue('server', { commonName: 'kube-api', names: ['127.0.0.1', 'localhost'] }),
    admin: await issue('client', { commonName: 'demo-admin', organizations: ['system:masters'] }),
  }
}

function kubeconfigText(server: string, pki: Pki): string {
  const inline = (pem: string): string => base64(utf8(pem))
  return `apiVersion: v1
kind: Config
current-context: lockstep-demo
clusters:
  - name: lockstep-demo
    cluster:
      server: ${server}
      certificate-authority-data: ${inline(pki.ca)}
users:
  - name: admin
    user:
      client-certificate-data: ${inline(pki.admin.cert)}
      client-key-data: ${inline(pki.admin.key)}
contexts:
  - name: lockstep-demo
    context:
      cluster: lockstep-demo
      user: admin
      namespace: shop
`
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
