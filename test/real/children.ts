/** Programs that run beside a test: each ended by its own pid, with what it wrote in a file. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program that runs until it is ended. */
export interface Running {
  readonly pid: number
  /** Ends it, by SIGTERM, then SIGKILL after `graceMs`; resolves once it is gone. */
  stop(graceMs?: number): Promise<void>
  /** SIGKILL, as a crash would be. */
  kill(): Promise<void>
  /** SIGSTOP and SIGCONT. */
  pause(): void
  resume(): void
  /** The last lines that it wrote. */
  tail(lines?: number): string
  readonly exited: Promise<number | null>
}

const living = new Set<ChildProcess>()
// A run that is broken off leaves nothing behind. One that is killed itself sees to nothing any more:
// there Linux ends the children, where util-linux can ask it to.
process.once('exit', () => living.forEach((child) => child.kill('SIGKILL')))
const boundToUs: readonly string[] =
  spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0
    ? ['setpriv', '--pdeathsig', 'KILL', '--']
    : []

/** Starts a program; everything that it writes goes to `logFile`. It sees only the variables given. */
export function start(
  file: string,
  args: readonly string[],
  logFile: string,
  variables: Readonly<Record<string, string>> = {},
): Running {
  const log = openSync(logFile, 'a')
  const [program = file, ...rest] = [...boundToUs, file, ...args]
  const child = spawn(program, rest, {
    stdio: ['ignore', log, log],
    env: { PATH: process.env['PATH'] ?? '', ...variables },
  })
  closeSync(log)
  living.add(child)
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', (code) => resolve(code))
  })
  void exited.then(() => living.delete(child))
  return {
    pid: child.pid ?? 0,
    exited,
    stop: async (graceMs = 5_000) => {
      child.kill('SIGTERM')
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await exited
      clearTimeout(killer)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    tail: (lines = 15) =>
      readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n'),
  }
}

const handedOut = new Set<number>()

/**
 * A port of loopback that was free a moment ago: below those that the kernel gives to connections, and
 * never the same twice, since whoever asked may not listen on it yet.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    if (handedOut.has(port) || !(await isFree(port))) continue
    handedOut.add(port)
    return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (listens) await new Promise((resolve) => server.close(resolve))
  return listens
}

/**
 * Waits until `look` holds.
 *
 * @throws Error when the program ends first, or after `withinMs`; with its last lines.
 */
export async function untilReady(
  what: string,
  running: Running,
  look: () => Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  let ended = false
  void running.exited.then(() => (ended = true))
  const deadline = Date.now() + withinMs
  while (!(await look().catch(() => false))) {
    if (ended) throw new Error(`${what} ended before it was ready:\n${running.tail()}`)
    if (Date.now() > deadline) throw new Error(`${what} was not ready in time:\n${running.tail()}`)
    await sleep(50)
  }
}
