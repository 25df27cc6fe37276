/** The bundle: what goes in, and how files that name other files find them there. */
import { globSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'

/** The program's main file, under the root. */
export const programEntry = 'src/bin/lockstep.ts'

/**
 * Text that names another file at run time, and what it has to be in the bundle, where all files lie
 * in one folder. Each must occur exactly once, or the build fails: it would break in the image only.
 */
const renamed: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'src/base/env/real-compute.ts': [["URL('./compute-worker.ts'", "URL('./compute-worker.mjs'"]],
  'src/base/env/real-log.ts': [["load('pino')", "load('./pino.cjs')"]],
  'src/embedded/kube-api/re2.ts': [["('re2js')", "('./re2js.cjs')"]],
  'src/bin/demo/world.ts': [["'../../../crds'", "'./crds'"]],
  'src/bin/facts.ts': [["'../../package.json'", "'./package.json'"]],
}

/** Packages that are loaded by a synchronous `require`, each a file of its own. */
const required: Readonly<Record<string, string>> = {
  pino: 'pino',
  re2js: 're2js',
}

/** Modules that workers import by the URL they have in the bundle: all that define tasks. */
export function taskModules(root: string): readonly string[] {
  return globSync('{src,providers}/**/*-task.ts', { cwd: root }).toSorted()
}

/** Bundles the program into `out`, which is emptied first. @returns what went where. */
export async function bundle(root: string, out: string): Promise<Metafile> {
  rmSync(out, { recursive: true, force: true })
  const program = await build(programOptions(root, out))
  const packages = await build(packageOptions(root, out))
  return {
    inputs: { ...program.metafile?.inputs, ...packages.metafile?.inputs },
    outputs: { ...program.metafile?.outputs, ...packages.metafile?.outputs },
  }
}

/** What esbuild is asked for; a test adds an entry of its own. */
export function programOptions(root: string, out: string): BuildOptions {
  const tasks = taskModules(root).map((path) => ({
    in: path,
    // By the whole path: two rooms may each have a render-task.ts.
    out: `task-${path
      .replace(/^src\//, '')
      .replace(/-task\.ts$/, '')
      .replaceAll('/', '-')}`,
  }))
  return {
    ...shared(root, out),
    entryPoints: [
      { in: programEntry, out: 'lockstep' },
      { in: 'src/base/env/compute-worker.ts', out: 'compute-worker' },
      ...tasks,
    ],
    format: 'esm',
    splitting: true,
    chunkNames: 'chunk-[hash]',
    outExtension: { '.js': '.mjs' },
    plugins: [renaming(root), namedExports(root)],
    // CommonJS packages inside ESM chunks ask for Node's own modules by `require`.
    banner: {
      js: "import{createRequire as lockstepRequire}from'node:module';const require=lockstepRequire(import.meta.url);",
    },
  }
}

function packageOptions(root: string, out: string): BuildOptions {
  return {
    ...shared(root, out),
    entryPoints: Object.entries(required).map(([name, path]) => ({ in: path, out: name })),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  }
}

function shared(root: string, out: string): BuildOptions {
  return {
    absWorkingDir: root,
    outdir: out,
    bundle: true,
    platform: 'node',
    target: 'node24',
    minify: true,
    // Names of classes and functions stand in logs and error reports.
    keepNames: true,
    legalComments: 'none', // LICENSES.txt has them all
    metafile: true,
    logLevel: 'error',
  }
}

function renaming(root: string): Plugin {
  return {
    name: 'renaming',
    setup: (plugin) => {
      plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const names = renamed[relative(root, path).replaceAll('\\', '/')]
        let contents = readFileSync(path, 'utf8')
        if (names === undefined) {
          // What is required is found here in node_modules, and missing where the bundle runs.
          if (!contents.includes('createRequire(')) return undefined
          return { errors: [{ text: `${path} requires a package that is not in the bundle` }] }
        }
        for (const [from, to] of names) {
          const parts = contents.split(from)
          if (parts.length !== 2) {
            return { errors: [{ text: `${from} stands ${parts.length - 1} times in ${path}` }] }
          }
          contents = parts.join(to)
        }
        return { contents, loader: 'ts' }
      })
    },
  }
}

/**
 * Gives `await import('package')` the names that it has in Node. Of a CommonJS package esbuild would
 * hand out the default export alone, and `const { parse } = await import('yaml')` be undefined.
 */
function namedExports(root: string): Plugin {
  return {
    name: 'named-exports',
    setup: (plugin) => {
      plugin.onResolve({ filter: /^[@a-z]/ }, ({ path, kind, importer }) => {
        const isOurs = kind === 'dynamic-import' && !importer.includes('node_modules')
        return isOurs && !isBuiltin(path) ? { path, namespace: 'named' } : undefined
      })
      plugin.onLoad({ filter: /.*/, namespace: 'named' }, async ({ path }) => {
        const names = Object.keys((await import(path)) as object).filter(isIdentifier)
        const contents = `export { ${names.join(', ')} } from ${JSON.stringify(path)}`
        return { contents, resolveDir: root }
      })
    },
  }
}

function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
}

/** Bytes that `lockstep.mjs` loads at once, and those of the chunks that wait. */
export function sizesOf(built: Metafile): {
  readonly entry: number
  readonly lazy: number
  readonly chunks: number
} {
  const program = outputOf(built, programEntry)
  const first = loadedWith(built, program)
  const all = Object.keys(built.outputs)
  const bytes = (names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + (built.outputs[name]?.bytes ?? 0), 0)
  return {
    entry: bytes(first),
    lazy: bytes(all) - bytes(first),
    chunks: all.length - first.size,
  }
}

/** The output that an entry point or a dynamically imported module became. */
export function outputOf(built: Metafile, entryPoint: string): string {
  const found = Object.entries(built.outputs).find(([, output]) => output.entryPoint === entryPoint)
  if (found === undefined) throw new Error(`nothing was built from ${entryPoint}`)
  return found[0]
}

/** An output and all that its static imports bring along. */
export function loadedWith(built: Metafile, output: string): ReadonlySet<string> {
  const seen = new Set([output])
  for (const name of seen) {
    for (const { kind, path, external } of built.outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) seen.add(path)
    }
  }
  return seen
}

/** Where the outputs lie, for reading them. */
export function pathOf(root: string, output: string): string {
  return join(root, output)
}
