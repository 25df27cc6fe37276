#!/usr/bin/env node
/** The program: finds the command, gives it the process it runs in, ends with its exit status. */
import { basename } from 'node:path'
import { realEnv } from '#base/env'
import { overview, type CliIo } from '#cli'
import { commandNamed } from './commands.ts'

const [, script = '', ...args] = process.argv
// Installed under the name `kubeseal`, the program is a kubeseal.
const argv = basename(script).startsWith('kubeseal') ? ['seal', ...args] : args
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second one means: now.
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
  })
}
// `lockstep status | head` closes the pipe early; that is the reader's right.
process.stdout.on('error', () => process.exit(0))

process.exitCode = await main(argv, ioOfProcess(), stop.signal)
// Kept connections and idle workers must not hold a finished command open.
if (!stop.signal.aborted || process.exitCode !== 0) await flushed()
process.exit()

async function main(argv: readonly string[], io: CliIo, signal: AbortSignal): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.stdout(overview())
    return name === undefined ? 2 : 0
  }
  const load = commandNamed(name === '--version' || name === '-v' ? 'version' : name)
  if (load === undefined) {
    io.stderr(`error: there is no command ${name}\nhint: \`lockstep --help\` lists them\n`)
    return 2
  }
  return await (
    await load()
  )(rest, io, signal)
}

function ioOfProcess(): CliIo {
  return {
    env: realEnv(),
    cwd: process.cwd(),
    variables: process.env,
    stdin: async () => {
      const chunks: Uint8Array[] = []
      for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array)
      return new Uint8Array(Buffer.concat(chunks))
    },
    ...(process.stdin.isTTY ? { ask } : {}),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTty: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  }
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // Ctrl-C at the question is a no.
  lines.once('SIGINT', () => lines.close())
  try {
    return await lines.question(question)
  } catch {
    return ''
  } finally {
    lines.close()
  }
}

function flushed(): Promise<void> {
  return new Promise((resolve) => process.stdout.write('', () => resolve()))
}
