/** Builds a component out of package registries, into its folder of the cache. */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Change, Component } from './component.ts'
import { fault, folderOf, programIn } from './find.ts'
import { whileLocked } from './lock.ts'

/** What a build may take, and who hears of it. */
export interface BuildOptions {
  readonly say: (line: string) => void
  /** Ends what runs; the next run goes on from what the compiler's own cache holds. */
  readonly signal?: AbortSignal
}

/** A step of a recipe that failed. */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure'
}

/**
 * Builds one component, never twice at once, and returns its program. It appears in the cache whole,
 * after its version was checked, or not at all.
 *
 * @throws BuildFailure with the last lines of the step that failed.
 */
export async function build(component: Component, options: BuildOptions): Promise<string> {
  const folder = folderOf(component)
  const program = programIn(folder, component)
  const waiting = (pid: number): void =>
    options.say(`${component.name}: process ${pid} is at it; waiting`)
  const work = async (): Promise<string> => {
    if (existsSync(program)) return program
    const started = Date.now()
    options.say(`${component.name} ${component.version}: building`)
    const site = { ...options, folder, work: `${folder}.work`, made: `${folder}.new` }
    const { made } = site
    rmSync(made, { recursive: true, force: true })
    mkdirSync(made, { recursive: true })
    mkdirSync(site.work, { recursive: true })
    await follow(component, site)
    const wrong =
      component.recipe.kind === 'pip' ? undefined : fault(component, programIn(made, component))
    if (wrong !== undefined) throw new BuildFailure(wrong)
    if (component.recipe.kind === 'pip') rmSync(made, { recursive: true })
    else renameSync(made, folder)
    rmSync(site.work, { recursive: true, force: true })
    const seconds = Math.round((Date.now() - started) / 1000)
    options.say(`${component.name} ${component.version}: built in ${seconds} s, ${sizeOf(program)}`)
    return program
  }
  try {
    return await whileLocked(`${folder}.lock`, waiting, work, options.signal)
  } catch (error) {
    if (options.signal?.aborted !== true || error instanceof BuildFailure) throw error
    throw new BuildFailure(`${component.name}: out of time`)
  }
}

/** Takes a program that was built elsewhere into the cache, when its version is right. */
export function adopt(component: Component, path: string): string {
  const wrong = fault(component, path)
  if (wrong !== undefined) throw new BuildFailure(wrong)
  const program = programIn(folderOf(component), component)
  mkdirSync(dirname(program), { recursive: true })
  const beside = `${program}.new`
  cpSync(path, beside)
  chmodSync(beside, 0o755)
  renameSync(beside, program)
  return program
}

interface Site extends BuildOptions {
  /** Where it will be. */
  readonly folder: string
  /** Sources; kept when a build is interrupted. */
  readonly work: string
  /** What is built. */
  readonly made: string
}

async function follow(component: Component, site: Site): Promise<void> {
  const { recipe } = component
  const out = programIn(site.made, component)
  switch (recipe.kind) {
    case 'go-module': {
      for (const [name, text] of Object.entries(recipe.files)) {
        // A go.mod that was tidied stays, so that an interrupted build goes on offline.
        if (!existsSync(join(site.work, name))) writeFileSync(join(site.work, name), text)
      }
      await go(component, site, ['mod', 'tidy'], site.work)
      const flags = buildFlags(recipe.ldflags)
      return await go(component, site, ['build', ...flags, '-o', out, recipe.target], site.work)
    }
    case 'go-install': {
      const env = { GOBIN: site.made }
      await go(component, site, ['install', ...buildFlags(), recipe.target], site.work, env)
      if (recipe.installs !== undefined) renameSync(join(site.made, recipe.installs), out)
      return
    }
    case 'go-source': {
      const source = await sourceOf(component, recipe.module, recipe.change, site)
      const tags = recipe.tags === undefined ? [] : ['-tags', recipe.tags]
      const flags = [...buildFlags(recipe.ldflags), ...tags]
      const env = recipe.change === undefined ? {} : { GOFLAGS: '-buildvcs=false -mod=mod' }
      return await go(component, site, ['build', ...flags, '-o', out, recipe.target], source, env)
    }
    case 'pip': {
      // A virtual environment cannot be moved, so this one is made where it stays.
      const program = programIn(site.folder, component)
      rmSync(site.folder, { recursive: true, force: true })
      try {
        await command(component, site, 'python3', ['-m', 'venv', site.folder])
        const pip = join(site.folder, 'bin', 'pip')
        await command(component, site, pip, ['install', '--quiet', recipe.requirement])
        const wrong = fault(component, program)
        if (wrong !== undefined) throw new BuildFailure(wrong)
      } catch (error) {
        rmSync(site.folder, { recursive: true, force: true })
        throw error
      }
      return
    }
    case 'deb': {
      for (const name of [recipe.package, ...(recipe.libraries ?? [])]) {
        await command(component, site, 'apt-get', ['download', name], site.work)
        const file = readdirSync(site.work).find(
          (entry) => entry.startsWith(`${name}_`) && entry.endsWith('.deb'),
        )
        if (file === undefined) throw new BuildFailure(`no package ${name}`)
        await command(component, site, 'dpkg-deb', ['-x', join(site.work, file), site.made])
      }
      if (recipe.starts !== undefined) {
        mkdirSync(dirname(out), { recursive: true })
        writeFileSync(out, starter(recipe.starts), { mode: 0o755 })
      }
      return
    }
  }
}

/** Starts a program of a package from wherever it was unpacked to; sshd wants to know its own path. */
function starter(path: string): string {
  return `#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/../..
for folder in "$root"/usr/lib/*-linux-gnu* "$root"/lib/*-linux-gnu*; do
  LD_LIBRARY_PATH="$folder\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
export LD_LIBRARY_PATH
exec "$root/${path}" "$@"
`
}

function buildFlags(ldflags = ''): readonly string[] {
  return ['-v', '-trimpath', '-ldflags', `-s -w ${ldflags}`.trim()]
}

/** The folder with a module's source: the module cache itself, or a changed copy of it. */
async function sourceOf(
  component: Component,
  module: string,
  change: Change | undefined,
  site: Site,
): Promise<string> {
  const answer = await command(
    component,
    site,
    'go',
    ['mod', 'download', '-json', module],
    site.work,
  )
  const cached = /"Dir": "([^"]+)"/.exec(answer)?.[1]
  if (cached === undefined) throw new BuildFailure(`${module} could not be fetched`)
  if (change === undefined) return cached
  const copy = join(site.work, 'source')
  rmSync(copy, { recursive: true, force: true })
  cpSync(cached, copy, { recursive: true })
  await command(component, site, 'chmod', ['-R', 'u+w', copy])
  for (const [file, text] of Object.entries(change.write ?? {})) {
    writeFileSync(join(copy, file), text)
  }
  for (const { file, from, to } of change.replace ?? []) {
    const text = readFileSync(join(copy, file), 'utf8')
    if (!text.includes(from)) throw new BuildFailure(`${file} no longer holds "${from}"`)
    writeFileSync(join(copy, file), text.replaceAll(from, to))
  }
  for (const args of change.go) await go(component, site, args, copy)
  return copy
}

async function go(
  component: Component,
  site: Site,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await command(component, site, 'go', args, cwd, {
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
    GOFLAGS: '-buildvcs=false',
    ...env,
  })
}

/** Runs one program to its end, with a line every quarter of a minute; everything goes to a log. */
async function command(
  component: Component,
  site: Site,
  file: string,
  args: readonly string[],
  cwd = site.work,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const what = `${component.name}: ${file.split('/').at(-1)} ${args.slice(0, 2).join(' ')}`
  const started = Date.now()
  const log = createWriteStream(`${site.folder}.log`, { flags: 'a' })
  log.write(`$ ${file} ${args.join(' ')}\n`)
  let stdout = ''
  let tail = ''
  let lines = 0
  // Tests may run beside it; they come first.
  const child = spawn('nice', ['-n', '15', file, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that the compiler's children end with it
  })
  const end = (): void => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGTERM')
    } catch {
      // it has just ended by itself
    }
  }
  site.signal?.addEventListener('abort', end, { once: true })
  const seconds = (): number => Math.round((Date.now() - started) / 1000)
  const beat = setInterval(() => site.say(`${what} … ${seconds()} s, ${lines} lines`), 15_000)
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', (error) => reject(new BuildFailure(`${what}: ${error.message}`)))
      child.on('close', resolve)
      child.stdout.on('data', (bytes: Buffer) => {
        stdout += String(bytes)
        log.write(bytes)
      })
      child.stderr.on('data', (bytes: Buffer) => {
        tail = (tail + String(bytes)).slice(-2_000)
        lines += String(bytes).split('\n').length - 1
        log.write(bytes)
      })
    })
    if (site.signal?.aborted === true) throw new BuildFailure(`${what}: out of time`)
    if (status !== 0) throw new BuildFailure(`${what}: exit ${status}\n${(tail || stdout).trim()}`)
    return stdout
  } finally {
    clearInterval(beat)
    site.signal?.removeEventListener('abort', end)
    log.end()
  }
}

/** A size for people, as `27 MB`. */
export function sizeOf(path: string): string {
  return `${Math.max(1, Math.round(statSync(path).size / 1e6))} MB`
}
