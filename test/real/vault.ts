/** A real Vault in server mode, on loopback, with file storage: a restart keeps its data. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writePrivate } from './authority.ts'
import { freePort, start, untilReady, type Running } from './children.ts'
import { programOf } from './programs.ts'

/** A Vault that runs, unsealed, with KV v2 at `secret/`. */
export interface RealVault {
  readonly url: string
  readonly rootToken: string
  /** The one key that unseals it. */
  readonly unsealKey: string
  /** One request as root; its JSON, or undefined where there is no body. @throws Error for 4xx, 5xx. */
  call(method: string, path: string, body?: unknown): Promise<unknown>
  seal(): Promise<void>
  unseal(): Promise<void>
  /** Ends the process, or starts and unseals it again on the same address with the same data. */
  stop(): Promise<void>
  start(): Promise<void>
  /** It takes connections and answers nothing, until it goes on (SIGSTOP and SIGCONT). */
  pause(): void
  resume(): void
  close(): Promise<void>
}

/** Starts one. @throws Error that says how to get the program, when it is not there. */
export async function startVault(): Promise<RealVault> {
  const program = programOf('vault')
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-vault-'))
  const address = `127.0.0.1:${await freePort()}`
  const url = `http://${address}`
  const config = writePrivate(
    folder,
    'vault.hcl',
    `storage "file" { path = "${join(folder, 'data')}" }
listener "tcp" {
  address = "${address}"
  tls_disable = true
}
api_addr = "${url}"
disable_mlock = true
`,
  )
  let running: Running | undefined
  let rootToken = ''
  let key = ''

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: rootToken === '' ? {} : { 'x-vault-token': rootToken },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const launch = async (): Promise<void> => {
    const child = start(program, ['server', `-config=${config}`], join(folder, 'vault.log'), {
      HOME: folder,
    })
    running = child
    const answers = async (): Promise<boolean> =>
      (await fetch(`${url}/v1/sys/seal-status`)).status === 200
    await untilReady('vault', child, answers)
  }
  const unseal = async (): Promise<void> => {
    await call('PUT', 'sys/unseal', { key })
  }
  const close = async (): Promise<void> => {
    await running?.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await launch()
    const made = (await call('PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 })) as {
      readonly keys: readonly [string]
      readonly root_token: string
    }
    key = made.keys[0]
    await unseal()
    rootToken = made.root_token
    await call('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } })
  } catch (error) {
    await close()
    throw error
  }
  return {
    url,
    rootToken,
    unsealKey: key,
    call,
    unseal,
    close,
    pause: () => running?.pause(),
    resume: () => running?.resume(),
    seal: async () => void (await call('PUT', 'sys/seal')),
    stop: async () => {
      await running?.stop()
      running = undefined
    },
    start: async () => {
      await launch()
      await unseal()
    },
  }
}
