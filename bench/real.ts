/**
 * Real servers to measure against: kube-apiserver on etcd, and Vault, each a process of its own. What
 * reaches them is counted by their own audit logs.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startControlPlane, type ControlPlane } from '../test/real/control-plane.ts'
import { installKinds } from '../test/real/kinds.ts'
import { programOf } from '../test/real/programs.ts'
import { startVault, type RealVault } from '../test/real/vault.ts'
import { bareClient, eachOf } from './bare.ts'
import { until } from './operator.ts'
import { entryOf, type ServerCounts } from './server.ts'
import type { Measured } from './servers.ts'
import { cpuMsOf } from './usage.ts'

/** All of them. */
export const realPrograms = ['etcd', 'kube-apiserver', 'vault'] as const
export type RealProgram = (typeof realPrograms)[number]

const user = 'lockstep-bench'

/** Which of these are not there. */
export function missingPrograms(
  programs: readonly RealProgram[] = realPrograms,
): readonly RealProgram[] {
  return programs.filter((name) => programOf(name, 'optional') === undefined)
}

/** What it is measured on, for the reader of the table. */
export function realNames(): string {
  return realPrograms
    .map((name) => ({ name, program: programOf(name, 'optional') }))
    .flatMap(({ name, program }) =>
      program === undefined ? [] : [`${name} ${versionOf(program)}`],
    )
    .join(', ')
}

function versionOf(program: string): string {
  const flag = program.endsWith('vault') ? 'version' : '--version'
  return /\d+\.\d+\.\d+/.exec(execFileSync(program, [flag], { encoding: 'utf8' }))?.[0] ?? '?'
}

/** Starts fresh ones. @throws Error when one of them does not start. */
export async function startRealServers(): Promise<Measured> {
  const plane = await startControlPlane()
  try {
    await installKinds(plane.kubeconfig)
    const vault = await startVault()
    return await measured(plane, vault)
  } catch (error) {
    await plane.close()
    throw error
  }
}

async function measured(plane: ControlPlane, vault: RealVault): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-audit-'))
  const vaultLog = join(folder, 'vault.log')
  const device = { type: 'file', options: { file_path: vaultLog } }
  await vault.call('PUT', 'sys/audit/bench', device)
  const seen = new Seen(new Tail(plane.auditLog), new Tail(vaultLog))
  const pids = serverPids()
  const cpuMs = (): number => pids.reduce((total, pid) => total + cpuMsOf(pid), 0)
  await untilCalm(cpuMs)
  const tls = plane.access.tls
  if (tls === undefined || typeof tls === 'function') throw new Error('fixed certificates only')
  return {
    connect: () => bareClient(plane.url, tls),
    kubeconfig: readFileSync(await plane.kubeconfigFor(user, ['system:masters']), 'utf8'),
    vaultUrl: vault.url,
    rootToken: vault.rootToken,
    seed: (count) =>
      eachOf(count, async (i) => {
        await vault.call('POST', `secret/data/apps/${i}`, { data: entryOf(i) })
      }),
    counts: () => {
      seen.read()
      return Promise.resolve({ ...seen.counts(), cpuMs: cpuMs() })
    },
    another: startRealServers,
    stop: async () => {
      await vault.close()
      await plane.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Our children that serve, without those of earlier servers. */
export function serverPids(): readonly number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, name]) => Number(parent) === process.pid && isServer(name ?? ''))
    .map(([pid]) => Number(pid))
    .filter((pid) => !counted.has(pid))
    .map((pid) => {
      counted.add(pid)
      return pid
    })
}

const counted = new Set<number>()

/** A server that was started a moment ago is busy with its own schemas and caches. */
export async function untilCalm(cpuMs: () => number): Promise<void> {
  let before = cpuMs()
  await until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const now = cpuMs()
    const isCalm = now - before < 100
    before = now
    return isCalm
  })
}

// Linux cuts names at 15 characters.
function isServer(name: string): boolean {
  return /(^|\/)(etcd|kube-apiserver|kube-controller|vault)/.test(name)
}

/** What was added to a file since it was looked at last, line by line. */
class Tail {
  readonly #path: string
  #offset = 0
  #rest = ''

  constructor(path: string) {
    this.#path = path
  }

  lines(): readonly string[] {
    const file = openSync(this.#path, 'r')
    const chunk = Buffer.alloc(1 << 20)
    const parts: Buffer[] = []
    for (;;) {
      const size = readSync(file, chunk, 0, chunk.length, this.#offset)
      if (size === 0) break
      this.#offset += size
      parts.push(Buffer.from(chunk.subarray(0, size)))
    }
    closeSync(file)
    const lines = (this.#rest + Buffer.concat(parts).toString()).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines
  }
}

const methods: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
}

interface ApiLine {
  readonly verb: string
  readonly user: { readonly username: string }
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string }
}

interface VaultLine {
  readonly type: string
  readonly request: { readonly operation: string; readonly path: string }
}

class Seen {
  readonly #api: Tail
  readonly #vault: Tail
  readonly #writes = new Map<string, number>()
  #leases = 0
  #reads = 0
  #vaultReads = 0
  #vaultLogins = 0

  constructor(api: Tail, vault: Tail) {
    this.#api = api
    this.#vault = vault
  }

  read(): void {
    for (const line of this.#api.lines()) this.#call(JSON.parse(line) as ApiLine)
    for (const line of this.#vault.lines()) this.#ask(JSON.parse(line) as VaultLine)
  }

  counts(): Omit<ServerCounts, 'cpuMs'> {
    return {
      writes: Object.fromEntries(this.#writes),
      leases: this.#leases,
      reads: this.#reads,
      vaultReads: this.#vaultReads,
      vaultLogins: this.#vaultLogins,
      firstAt: {},
    }
  }

  // The server's own controllers write too: they are not what is measured.
  #call({ verb, user: { username }, objectRef = {} }: ApiLine): void {
    if (username !== user && username !== 'admin') return
    const method = methods[verb]
    const { resource = '', subresource } = objectRef
    if (method === undefined) this.#reads++
    else if (resource === 'leases') this.#leases++
    else {
      const name = `${method} ${resource}${subresource === undefined ? '' : `/${subresource}`}`
      this.#writes.set(name, (this.#writes.get(name) ?? 0) + 1)
    }
  }

  #ask({ type, request: { operation, path } }: VaultLine): void {
    if (type !== 'request') return
    if (path.startsWith('auth/') && path.includes('/login')) this.#vaultLogins++
    else if (path.startsWith('secret/') && operation === 'read') this.#vaultReads++
  }
}
