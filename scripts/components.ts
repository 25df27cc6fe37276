/**
 * `node scripts/components.ts ensure NAME…`: the programs of others that the real tests run against.
 *
 * Each comes from the environment (a path or an address), else PATH with a right version, else the
 * cache, else it is built into the cache from package registries. What cannot be had is a loud skip
 * that says what stays untested, never a failure of the others.
 */
import {
  adopt,
  build,
  BuildFailure,
  cacheFolder,
  components,
  find,
  sizeOf,
} from './components/index.ts'
import type { Component, Found } from './components/index.ts'

const help = `Usage: node scripts/components.ts COMMAND

  ensure NAME… [--budget MINUTES]   find or build them, one after the other; all: every one
  path NAME                         where it is; exit 1 when it is nowhere. Builds nothing
  list                              each with its version and where it is
  adopt NAME FILE                   take a program built elsewhere into the cache

Cache: ${cacheFolder()}
`

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv
  if (command === 'ensure') return await ensure(rest)
  if (command === 'path') return path(rest)
  if (command === 'list') return list()
  if (command === 'adopt') return take(rest)
  const asked = command === '--help' || command === '-h'
  ;(asked ? console.log : console.error)(help)
  return asked ? 0 : 2
}

async function ensure(argv: readonly string[]): Promise<number> {
  const flag = argv.indexOf('--budget')
  const minutes = flag < 0 ? Infinity : Number(argv[flag + 1])
  const names = flag < 0 ? argv : argv.toSpliced(flag, 2)
  const chosen = named(names)
  if (chosen === undefined || names.length === 0 || Number.isNaN(minutes)) return misuse()
  const deadline = Date.now() + minutes * 60_000
  const skipped: Component[] = []
  for (const component of chosen) {
    const found = await obtain(component, deadline)
    console.log(`${component.name} ${component.version}: ${told(found)}`)
    if (found.kind === 'missing') skipped.push(component)
  }
  for (const { name, without } of skipped) console.log(`SKIPPED ${name}: not tested: ${without}`)
  console.log(`${chosen.length - skipped.length} there, ${skipped.length} skipped`)
  return 0
}

async function obtain(component: Component, deadline: number): Promise<Found> {
  const found = find(component)
  // A variable that names something wrong is for its owner to put right, not to be built over.
  if (found.kind !== 'missing' || found.why.startsWith('$')) return found
  const leftMs = deadline - Date.now()
  if (leftMs <= 0) return { kind: 'missing', why: 'no time left to build it' }
  const stop = new AbortController()
  const timer = Number.isFinite(leftMs) ? setTimeout(() => stop.abort(), leftMs) : undefined
  const interrupted = (): void => stop.abort()
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const path = await build(component, { say: (line) => console.log(line), signal: stop.signal })
    return { kind: 'program', path, from: 'built' }
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error
    return { kind: 'missing', why: error.message }
  } finally {
    clearTimeout(timer)
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
  }
}

function path(names: readonly string[]): number {
  const [component] = named(names) ?? []
  if (component === undefined || names.length !== 1) return misuse()
  const found = find(component)
  if (found.kind === 'missing') {
    console.error(`${component.name}: ${found.why}`)
    console.error(`hint: node scripts/components.ts ensure ${component.name}`)
    return 1
  }
  console.log(found.kind === 'address' ? found.url : found.path)
  return 0
}

function list(): number {
  for (const component of components) {
    console.log(
      `${component.name.padEnd(26)} ${component.version.padEnd(8)} ${told(find(component))}`,
    )
  }
  return 0
}

function take([name, file]: readonly string[]): number {
  const component = components.find((entry) => entry.name === name)
  if (component === undefined || file === undefined) return misuse()
  try {
    console.log(adopt(component, file))
    return 0
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error
    console.error(error.message)
    return 1
  }
}

function told(found: Found): string {
  if (found.kind === 'missing') return `missing: ${found.why}`
  if (found.kind === 'address') return `${found.url} (${found.from})`
  return `${found.path} (${found.from}, ${sizeOf(found.path)})`
}

function named(names: readonly string[]): readonly Component[] | undefined {
  if (names.length === 1 && names[0] === 'all') return components
  const chosen = names.map((name) => components.find((entry) => entry.name === name))
  return chosen.includes(undefined) ? undefined : (chosen as readonly Component[])
}

function misuse(): number {
  console.error(help)
  console.error(`Components: ${components.map(({ name }) => name).join(', ')}`)
  return 2
}
