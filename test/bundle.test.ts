/**
 * The bundle that the image and npm ship: what each command loads, and that it runs with nothing beside
 * it. A command that loads a cloud SDK on start pays for it on each start, so the graph has a budget.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bundle,
  loadedWith,
  outputOf,
  programEntry,
  programOptions,
  sizesOf,
  taskModules,
} from '../scripts/build/bundle.ts'
import { ship } from '../scripts/build/ship.ts'
import { staticPath } from './bundle/graph.ts'

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'lockstep-bundle-'))
/** Where the bundle was built, and a copy that lies somewhere else. */
const out = join(folder, 'dist')
const moved = join(folder, 'a copy, elsewhere')
const empty = mkdtempSync(join(tmpdir(), 'lockstep-empty-'))
let built: Metafile

beforeAll(async () => {
  built = await bundle(root, out)
  ship(root, out, built)
  cpSync(out, moved, { recursive: true })
}, 120_000)

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  rmSync(empty, { recursive: true, force: true })
})

/** What nobody pays for who has not asked for it. */
const heavy = ['@aws-sdk/', '@smithy/', '@azure/', '@kubernetes/client-node', 'node-vault', 'axios']
/** What a command that only computes has no use for. */
const server = [...heavy, 'prom-client', 'pino', 'undici', 're2js', '@marcbachmann/cel-js']
const short = [...server, 'yaml', 'tweetnacl', 'commander', 'lru-cache']

describe('what is loaded at start', () => {
  const budgets: readonly [entry: string, never: readonly string[], kib: number][] = [
    [programEntry, short, 48],
    ['src/cli/version.ts', short, 16],
    ['src/cli/seal.ts', short, 96],
    ['src/cli/status.ts', server, 128],
    ['src/base/env/compute-worker.ts', short, 16],
    ['src/bin/run.ts', [...heavy, 'prom-client', 'undici'], 1_536],
    ['src/bin/demo.ts', [...heavy, 'prom-client', 'undici'], 2_048],
  ]

  it.each(budgets)('%s reaches none of %j without a dynamic import', (entry, never) => {
    const found = never.map((name) => staticPath(built, entry, `node_modules/${name}`))
    expect(found.filter((path) => path !== undefined)).toEqual([])
  })

  it.each(budgets)('%s: the size of what it loads is within its budget', (entry, _never, kib) => {
    const loaded = [...loadedWith(built, outputOf(built, entry))]
    const bytes = loaded.reduce((sum, name) => sum + (built.outputs[name]?.bytes ?? 0), 0)
    console.log(`${entry}: ${Math.round(bytes / 1024)} KiB in ${loaded.length} files`)
    expect(bytes / 1024).toBeLessThan(kib)
  })

  it('the whole is within its budget', () => {
    const { entry, lazy, chunks } = sizesOf(built)
    const kib = Math.round((entry + lazy) / 1024)
    console.log(`all of it: ${kib} KiB, ${chunks} chunks wait`)
    expect(kib).toBeLessThan(12 * 1024)
  })

  it('each SDK is in the bundle, behind a dynamic import', () => {
    const inputs = Object.keys(built.inputs)
    for (const name of ['@kubernetes/client-node', 'node-vault', 'prom-client', 'undici', 'pino']) {
      expect(
        inputs.some((path) => path.includes(`node_modules/${name}/`)),
        name,
      ).toBe(true)
    }
  })

  it.each([
    ['src/cli/version.ts', '@aws-sdk/client-secrets-manager'],
    ['src/kube/transport.ts', '@kubernetes/client-node'],
  ])('a static import planted in %s of %s is seen', async (path, name) => {
    const { metafile } = await build({
      ...programOptions(root, out),
      write: false,
      plugins: [planted(path, name), ...(programOptions(root, out).plugins ?? [])],
    })
    const entry = path.startsWith('src/cli') ? 'src/cli/version.ts' : 'src/bin/run.ts'
    expect(staticPath(metafile as Metafile, entry, `node_modules/${name}/`)).toContain(path)
  })
})

describe('what is shipped', () => {
  it('every module that defines a task is an entry of its own, so that workers find it', () => {
    const defining = globSync('{src,providers}/**/*.ts', { cwd: root }).filter(
      (path) =>
        !path.endsWith('.test.ts') &&
        path !== 'src/base/env/task.ts' &&
        /\bdefineTask\(/.test(readFileSync(join(root, path), 'utf8')),
    )
    expect(taskModules(root)).toEqual(defining.toSorted())
    expect(defining.length).toBeGreaterThan(3)
  })

  it('the same sources give the same bytes in another folder', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')]
    // Somebody who saves a file between the two builds has other sources.
    for (let attempt = 1; attempt <= 3; attempt++) {
      const before = sources()
      for (const into of [first, second]) ship(root, into, await bundle(root, into))
      if (before === sources()) break
    }
    expect(digests(second)).toEqual(digests(first))
  }, 180_000)

  it('no file names a folder of the machine it was built on', () => {
    const files = readdirSync(out).filter((name) => /\.(mjs|cjs|json|txt)$/.test(name))
    const naming = files.filter((name) => readFileSync(join(out, name), 'utf8').includes(root))
    expect(naming).toEqual([])
  })

  it('needs no packages, and names the licence of each that it contains', () => {
    const manifest = JSON.parse(readFileSync(join(out, 'package.json'), 'utf8')) as object
    expect(manifest).toMatchObject({ name: 'lockstep', bin: { lockstep: 'lockstep.mjs' } })
    expect(manifest).not.toHaveProperty('dependencies')
    const licences = readFileSync(join(out, 'LICENSES.txt'), 'utf8')
    for (const name of ['undici', 'yaml', 're2js', 'node-vault']) expect(licences).toContain(name)
  })

  it('holds the definitions as they are served', () => {
    const names = readdirSync(join(out, 'crds'))
    expect(names).toContain('bitnami.com_sealedsecrets.yaml')
    expect(names.filter((name) => !/^[a-z.-]+_[a-z]+\.yaml$/.test(name))).toEqual([])
  })
})

/** Node's flags in the image. */
const imageFlags = ((): readonly string[] => {
  const lines = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8').match(/^ENTRYPOINT .+$/gm)
  const flags = new Set(
    (lines ?? [])
      .map((line) => line.slice('ENTRYPOINT '.length))
      .flatMap((json) => (JSON.parse(json) as string[]).slice(1, -1)),
  )
  return [...flags]
})()

describe('run from an empty folder, with nothing but Node and the flags of the image', () => {
  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    const ran = await lockstep(['version', '-o', 'json'])
    expect(JSON.parse(ran.stdout)).toMatchObject({ version })
    console.log(
      `lockstep version: ${ran.ms} ms from start to end (${await bareNode()} ms for Node)`,
    )
  })

  it('seals', async () => {
    const cert = join(root, 'test/conformance/sealed-secret/keys/a.crt')
    const value = join(folder, 'value')
    writeFileSync(value, 'a value')
    const flags = ['--raw', '--namespace', 'web', '--name', 'db', `--from-file=${value}`]
    const ran = await lockstep(['seal', '--cert', cert, ...flags])
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^Ag[A-Za-z0-9+/]{300,}=*\s*$/)
    console.log(
      `lockstep seal --raw: ${ran.ms} ms from start to end (${await bareNode()} ms for Node)`,
    )
  })

  it('says what is wrong with an unknown command, and exits with 2', async () => {
    expect(await lockstep(['nonsense'])).toMatchObject({
      status: 2,
      stderr: 'error: there is no command nonsense\nhint: `lockstep --help` lists them\n',
    })
  })

  it('has the flags of both images', () => {
    expect(imageFlags).toContain('--disallow-code-generation-from-strings')
    expect(imageFlags.length).toBeLessThan(8)
  })

  it('reads from stores of AWS and Azure, with what their SDKs drag along', async () => {
    const clouds = join(folder, 'clouds')
    const { entryPoints: _, ...options } = programOptions(root, clouds)
    const entry = { in: 'test/bundle/clouds.ts', out: 'clouds' }
    await build({ ...options, entryPoints: [entry] })
    const ran = await run([...imageFlags, join(clouds, 'clouds.mjs')])
    expect(ran).toMatchObject({ status: 0, stdout: 'aws: read\nazurekv: read\n', stderr: '' })
  }, 60_000)

  it('plays the whole demo: servers, operator, workers, definitions, log', async () => {
    const ran = await lockstep(['demo', '--once', '--log'])
    expect(ran.status, ran.stdout + ran.stderr).toBe(0)
    expect(ran.stdout).toContain('put it back: the same ciphertext opens again')
    expect(ran.stderr).toContain('"level":"')
  }, 120_000)
})

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

function lockstep(argv: readonly string[]): Promise<Ran> {
  return run([...imageFlags, join(moved, 'lockstep.mjs'), ...argv])
}

async function bareNode(): Promise<number> {
  return (await run(['-e', '0'])).ms
}

function run(argv: readonly string[]): Promise<Ran> {
  const from = performance.now()
  const child = spawn(process.execPath, argv, {
    cwd: empty,
    env: { HOME: empty, PATH: process.env['PATH'] },
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.end()
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (status) => {
      done({
        status,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
        ms: Math.round(performance.now() - from),
      })
    })
  })
}

function sources(): string {
  const hash = createHash('sha256')
  const files = globSync('{src,providers}/**/*.ts', { cwd: root }).toSorted()
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function digests(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name))
      return `${entry.name} ${createHash('sha256').update(bytes).digest('hex')}`
    })
    .toSorted()
}

/** An import line more in one of our files, as somebody might write it. */
function planted(path: string, name: string): Plugin {
  return {
    name: 'planted',
    setup: (plugin) => {
      plugin.onLoad({ filter: new RegExp(`${path.replaceAll('.', '\\.')}$`) }, () => ({
        contents: `import * as planted from '${name}'\nObject.keys(planted)\n${readFileSync(join(root, path), 'utf8')}`,
        loader: 'ts',
      }))
    },
  }
}
