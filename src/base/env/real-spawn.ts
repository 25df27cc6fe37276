import { spawn as spawnChild, type ChildProcess } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { concatBytes } from '../bytes.ts'
import { Fault } from '../fault.ts'
import type { Child, Command, Finished, Spawn } from './env.ts'

const defaultTimeoutMs = 60_000
const defaultOutputBytes = 64 * 1_048_576
const keptStderrBytes = 65_536
const killGraceMs = 2_000

/** Child processes: no shell, an empty environment but for PATH, bounded in time and output. */
export const realSpawn: Spawn = {
  run: (command) =>
    new Promise<Finished>((resolve, reject) => {
      if (command.signal?.aborted === true) return reject(command.signal.reason as Error)
      const child = launch(command)
      const timeoutMs = command.timeoutMs ?? defaultTimeoutMs
      const maxBytes = command.maxOutputBytes ?? defaultOutputBytes
      const out: Uint8Array[] = []
      const err: Uint8Array[] = []
      let outBytes = 0
      let errBytes = 0
      let failure: Error | undefined
      const give = (error: Error): void => {
        failure ??= error
        child.kill('SIGKILL')
      }
      const timer = setTimeout(
        () => give(new Fault('Timeout', `${command.file} did not end within ${timeoutMs} ms`)),
        timeoutMs,
      )
      const onAbort = (): void => give(command.signal?.reason as Error)
      command.signal?.addEventListener('abort', onAbort, { once: true })
      const tooMuch = (): void =>
        give(new Fault('TooLarge', `${command.file} printed more than ${maxBytes} bytes`))
      child.stdout?.on('data', (chunk: Buffer) => {
        outBytes += chunk.length
        if (outBytes > maxBytes) tooMuch()
        else out.push(chunk)
      })
      child.stderr?.on('data', (chunk: Buffer) => {
        errBytes += chunk.length
        if (errBytes > maxBytes) tooMuch()
        else err.push(chunk)
      })
      child.stdin?.on('error', () => {}) // it may end before it has read everything: its own choice
      child.stdin?.end(command.stdin ?? '')
      const settle = (result: () => void): void => {
        clearTimeout(timer)
        command.signal?.removeEventListener('abort', onAbort)
        result()
      }
      child.once('error', (error) => settle(() => reject(failure ?? startFault(command, error))))
      child.once('close', (code) =>
        settle(() => {
          if (failure !== undefined) reject(failure)
          else resolve({ code: code ?? -1, stdout: concatBytes(out), stderr: concatBytes(err) })
        }),
      )
    }),

  start: (command) =>
    new Promise<Child>((resolve, reject) => {
      const child = launch(command)
      let kept: Uint8Array = new Uint8Array()
      child.stderr?.on('data', (chunk: Buffer) => {
        kept = concatBytes([kept, chunk]).slice(-keptStderrBytes)
      })
      child.stdin?.on('error', () => {})
      const exited = new Promise<number>((done) => child.once('close', (code) => done(code ?? -1)))
      child.once('error', (error) => reject(startFault(command, error)))
      child.once('spawn', () => resolve(running(child, exited, () => kept)))
    }),

  find: async (file) => {
    if (isAbsolute(file)) return (await isExecutable(file)) ? file : null
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const candidate = join(folder, file)
      if (folder !== '' && (await isExecutable(candidate))) return candidate
    }
    return null
  },
}

function launch(command: Command): ChildProcess {
  return spawnChild(command.file, [...command.args], {
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    env: { PATH: process.env['PATH'] ?? '', ...command.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    shell: false,
    windowsHide: true,
  })
}

function running(child: ChildProcess, exited: Promise<number>, stderr: () => Uint8Array): Child {
  return {
    pid: child.pid ?? -1,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (child.stdin === null) return reject(new Fault('Unavailable', 'the child has no input'))
        child.stdin.write(bytes, (error) =>
          error == null
            ? resolve()
            : reject(new Fault('Unavailable', 'the child ended', { cause: error })),
        )
      }),
    end: () => child.stdin?.end(),
    stdout: outputOf(child),
    stderr,
    exited,
    stop: async () => {
      child.kill('SIGTERM')
      // Node tells of the end only once the pipes are read to theirs; nobody reads any more.
      child.stdout?.destroy()
      const hard = setTimeout(() => child.kill('SIGKILL'), killGraceMs)
      await exited
      clearTimeout(hard)
    },
  }
}

/** Its output; a stop while it is being read is understood, not a bug. */
function outputOf(child: ChildProcess): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* child.stdout as AsyncIterable<Uint8Array>
      } catch (cause) {
        throw new Fault('Unavailable', 'the child ended before its output did', { cause })
      }
    },
  }
}

function startFault(command: Command, error: Error): Fault {
  const absent = 'code' in error && error.code === 'ENOENT'
  return new Fault(
    absent ? 'NotFound' : 'Unavailable',
    absent ? `${command.file} was not found on PATH` : `${command.file} could not be started`,
    { cause: error },
  )
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
