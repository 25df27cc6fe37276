/** The operator as its users run it: a process, seen from outside by its own metrics and the system's. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { portsTold, type ToldPorts } from '../test/told-ports.ts'
import { wallMs } from './server.ts'
import { cpuMsOf, rssMibOf } from './usage.ts'

const root = join(import.meta.dirname, '..')
const bundled = join(root, 'dist', 'lockstep.mjs')

/** Where the program comes from. */
export interface Program {
  readonly file: string
  /** For the reader of the table. */
  readonly name: string
  /** Flags for node itself, as `--cpu-prof`. */
  readonly nodeFlags: readonly string[]
}

/** The bundle when it is there, as it is shipped; else, or when asked, the sources. */
export function programToMeasure(fromSources: boolean, nodeFlags: readonly string[]): Program {
  const flags = nodeFlags.length === 0 ? '' : `, node ${nodeFlags.join(' ')}`
  if (!fromSources && existsSync(bundled)) {
    const built = statSync(bundled).mtime.toISOString().slice(0, 16).replace('T', ' ')
    return { file: bundled, name: `the bundle in dist/, built ${built} UTC${flags}`, nodeFlags }
  }
  return { file: join(root, 'src', 'bin', 'lockstep.ts'), name: `the sources${flags}`, nodeFlags }
}

export interface OperatorOptions {
  readonly program: Program
  /** Text of its kubeconfig. */
  readonly kubeconfig: string
  readonly controllers: string
  /** Default false: no lease, so that every write seen is work. */
  readonly leaderElect?: boolean
}

/** A running operator. */
export interface OperatorProcess {
  readonly pid: number
  /** When its process was asked for. */
  readonly startedAt: number
  /** Resolves when it is ready and its queues are empty. @returns milliseconds since the start. */
  caughtUp(): Promise<number>
  /** A metric, all its lines added up; 0 when there is none. `labels` must all stand in the line. */
  metric(name: string, ...labels: readonly string[]): Promise<number>
  /** What a path of its sealing endpoint answers. */
  sealing(path: string): Promise<string>
  cpuMs(): number
  rssMib(): number
  stop(): Promise<void>
}

/** Starts one. It is known to run when `caughtUp` resolves. */
export function startOperator(options: OperatorOptions): OperatorProcess {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'))
  writeFileSync(join(folder, 'config'), options.kubeconfig)
  const startedAt = wallMs()
  const child = spawn(
    process.execPath,
    [
      ...options.program.nodeFlags,
      options.program.file,
      'run',
      `--controllers=${options.controllers}`,
      `--kubeconfig=${join(folder, 'config')}`,
      '--health-port=auto',
      `--seal-port=${options.controllers.includes('unsealer') ? 'auto' : 0}`,
      `--leader-elect=${options.leaderElect ?? false}`,
      '--allow-local-endpoints',
    ],
    { cwd: root, env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const said = collected(child)
  const told = portsTold(child)
  told.catch(() => {}) // told again below, by whoever asks next
  const pid = child.pid ?? 0
  const text = async (where: keyof ToldPorts, path: string): Promise<string | undefined> => {
    const port = (await told)[where]
    if (child.exitCode !== null) throw new Error(`the operator ended: ${said()}`)
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined)
    return answer?.ok === true ? await answer.text() : undefined
  }
  const metric = async (name: string, ...labels: readonly string[]): Promise<number> =>
    sum((await text('healthPort', '/metrics')) ?? '', name, labels)
  return {
    pid,
    startedAt,
    metric,
    caughtUp: async () => {
      await until(async () => (await text('healthPort', '/readyz')) !== undefined)
      const depth = 'lockstep_queue_depth'
      await until(async () => {
        const [all, waiting] = [await metric(depth), await metric(depth, 'state="waiting"')]
        return all === waiting
      })
      return wallMs() - startedAt
    },
    sealing: (path) => until(async () => (await text('sealPort', path)) ?? false),
    cpuMs: () => cpuMsOf(pid),
    rssMib: () => rssMibOf(pid),
    stop: async () => {
      await ended(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Looks every 20 ms until there is something to see. @throws Error after five minutes. */
export async function until<T>(look: () => Promise<T | false>): Promise<T> {
  const deadline = performance.now() + 300_000
  for (;;) {
    const found = await look()
    if (found !== false) return found
    if (performance.now() > deadline) throw new Error('not within five minutes')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function sum(text: string, name: string, labels: readonly string[]): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => labels.every((label) => line.includes(label)))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

function collected(child: ChildProcess): () => string {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000)
  })
  return () => said
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
