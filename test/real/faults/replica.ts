/** One replica of the operator: a process of its own, with a user of its own in the audit log. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { start, untilReady, type Running } from '../children.ts'
import type { ControlPlane } from '../control-plane.ts'

/** How a replica runs: by the lease, or without one, at once. */
export type Mode = 'leased' | 'alone'

/** A replica that can be started again and again under its name. */
export interface Replica {
  readonly name: string
  /** All that its processes wrote so far. */
  readonly output: () => string
  /** Starts it; resolves when it listens. Without `lease` it works at once and alone. */
  start(options?: { readonly lease?: boolean }): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGTERM, and the time to end well. */
  stop(): Promise<void>
  pause(): void
  resume(): void
  running(): Mode | undefined
  /** What `/metrics` says. */
  metrics(): Promise<string>
}

const root = join(import.meta.dirname, '../../..')

/** @param kubeconfig of a user that no other replica has. */
export function createReplica(plane: ControlPlane, name: string, kubeconfig: string): Replica {
  const log = join(plane.folder, `${name}.log`)
  const folder = join(plane.folder, `${name}-git`)
  let running: Running | undefined
  let from = 0
  let mode: Mode | undefined
  const output = (): string => (running === undefined ? '' : readFileSync(log, 'utf8'))
  const port = (): number | undefined => {
    const told = output()
      .slice(from)
      .split('\n')
      .find((line) => line.includes('"msg":"started"'))
    if (told === undefined) return undefined
    return (JSON.parse(told) as { healthPort: number }).healthPort
  }
  return {
    name,
    output,
    start: async ({ lease = true } = {}) => {
      from = output().length
      const flags = [
        'run',
        `--kubeconfig=${kubeconfig}`,
        '--health-port=auto',
        '--seal-port=0',
        `--leader-elect=${lease}`,
        `--git-folder=${folder}`,
        '--default-service-account=lockstep-deployer',
        '--allow-local-endpoints',
        '--log-level=debug',
      ]
      const program = [join(root, 'src/bin/lockstep.ts'), ...flags]
      const variables = { POD_NAME: name, HOME: plane.folder }
      mode = lease ? 'leased' : 'alone'
      running = start(process.execPath, program, log, variables)
      await untilReady(name, running, () => Promise.resolve(port() !== undefined))
    },
    kill: async () => {
      await running?.kill()
      mode = undefined
    },
    stop: async () => {
      await running?.stop(15_000)
      mode = undefined
    },
    running: () => mode,
    pause: () => running?.pause(),
    resume: () => running?.resume(),
    metrics: async () => await (await fetch(`http://127.0.0.1:${port()}/metrics`)).text(),
  }
}
