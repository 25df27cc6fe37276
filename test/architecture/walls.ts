/**
 * The rooms of STYLE.md and who may import whom, as data, and the check of every import against it.
 * A new room starts with a row in {@link table}.
 */
import { posix } from 'node:path'

const everything = 'everything'

// Never another controller.
const belowControllers =
  'base go api der x509 git seal template render kube provider runtime inventory'.split(' ')

/** Room → the rooms it may import beside itself. `*` stands for one folder. */
export const table: Readonly<Record<string, readonly string[] | typeof everything>> = {
  base: [],
  go: ['base'],
  api: ['base'],
  der: ['base'],
  x509: ['base', 'der'],
  git: ['base'],
  seal: ['base', 'x509'],
  template: ['base', 'go', 'der'],
  render: ['base', 'api', 'go', 'git', 'template'],
  kube: ['base', 'api'],
  provider: ['base', 'api', 'go'],
  runtime: ['base', 'api', 'kube'],
  inventory: ['base', 'api', 'kube'],
  'controllers/*': belowControllers,
  // Never kube or runtime: the server must not share the client's mistakes.
  'embedded/*': ['base', 'api', 'x509'],
  'embedded/git': ['base', 'api', 'x509', 'git'],
  'providers/*': ['base', 'api', 'go', 'provider'],
  'providers/kubernetes': ['base', 'api', 'go', 'provider', 'kube'],
  // The door that names all providers: the one file that may import them.
  providers: ['provider', 'providers/*'],
  cli: ['base', 'api', 'kube', 'seal', 'git', 'render', 'template', 'inventory'],
  bin: everything,
  tests: everything,
}

/** Doors that only these rooms may use: they open onto the real machine. */
const guardedDoors: Readonly<Record<string, readonly string[]>> = {
  '#base/env': ['base', 'bin', 'tests'],
}

/** Files where `import()` of a name that is not written out is the point. */
const computesImports: ReadonlySet<string> = new Set(['src/base/env/compute-worker.ts'])

export interface Import {
  readonly line: number
  /** What stands between the quotes; undefined when it is computed. */
  readonly specifier: string | undefined
}

/** An import that the table does not allow. */
export interface Breach {
  /** `src/seal/seal.ts:3` */
  readonly at: string
  readonly why: string
}

/** Room of a file, by its path from the root; undefined for a path outside the rooms. */
export function roomOf(path: string): string | undefined {
  if (path.endsWith('.test.ts') || /^(test|scripts|bench)\//.test(path)) return 'tests'
  if (path === 'vitest.config.ts') return 'tests'
  return placeOf(path)
}

/** The room that a file lies in, whether or not it is a test. */
function placeOf(path: string): string | undefined {
  const parts = path.split('/')
  const [top, first, second] = parts
  if (top === 'test' || top === 'scripts' || top === 'bench') return 'tests'
  if (top === 'providers') return providerRoom(first)
  if (top !== 'src' || first === undefined) return undefined
  if (first === 'controllers' || first === 'embedded') {
    return parts.length > 3 ? `${first}/${second}` : undefined
  }
  return parts.length > 2 ? first : undefined
}

function providerRoom(name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  return name === 'index.ts' ? 'providers' : `providers/${name.replace(/(\.test)?\.ts$/, '')}`
}

/** The rooms that `room` may import; undefined when the table has no row for it. */
export function rowOf(room: string): readonly string[] | typeof everything | undefined {
  if (Object.hasOwn(table, room)) return table[room]
  const general = `${room.split('/')[0]}/*`
  return Object.hasOwn(table, general) ? table[general] : undefined
}

/**
 * The imports and re-exports of a file laid out by oxfmt: static ones begin a line. Type imports
 * count like any other.
 */
export function importsOf(text: string): Import[] {
  const found: Import[] = []
  const lineAt = (index: number): number => text.slice(0, index).split('\n').length
  const statics = /^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm
  for (const match of text.matchAll(statics)) {
    found.push({ line: lineAt(match.index), specifier: match[2] })
  }
  const dynamics = /\b(?:import|require)\(\s*(?:(['"])([^'"\n]+)\1|([^)\s]))/g
  for (const match of text.matchAll(dynamics)) {
    const start = text.lastIndexOf('\n', match.index) + 1
    if (/^\s*(\/\/|\/?\*)/.test(text.slice(start, match.index))) continue
    found.push({ line: lineAt(match.index), specifier: match[2] })
  }
  return found
}

/**
 * Every import in `files` (path from the root → text) that crosses a wall where it may not.
 *
 * @param doors `imports` of package.json: `#kube` → `./src/kube/index.ts`.
 */
export function breaches(
  files: ReadonlyMap<string, string>,
  doors: Readonly<Record<string, string>>,
): Breach[] {
  const found: Breach[] = []
  for (const [path, text] of files) {
    const room = roomOf(path)
    if (room === undefined || rowOf(room) === undefined) {
      found.push({ at: path, why: 'is in no room of the table' })
      continue
    }
    for (const each of importsOf(text)) {
      const why = whyRefused(path, room, each.specifier, doors)
      if (why !== undefined) found.push({ at: `${path}:${each.line}`, why })
    }
  }
  return found
}

function whyRefused(
  path: string,
  room: string,
  specifier: string | undefined,
  doors: Readonly<Record<string, string>>,
): string | undefined {
  if (specifier === undefined) {
    const isAllowed = room === 'tests' || computesImports.has(path)
    return isAllowed ? undefined : 'imports a name that is not written out'
  }
  if (specifier.startsWith('.')) return whyPathRefused(path, specifier)
  if (specifier.startsWith('#')) return whyDoorRefused(room, specifier, doors)
  if (specifier.startsWith('/') || specifier.startsWith('file:')) return 'imports by absolute path'
  return undefined // a package, or Node itself: lint looks after those
}

function whyPathRefused(path: string, specifier: string): string | undefined {
  if (!specifier.endsWith('.ts') && !specifier.endsWith('.mjs')) return `${specifier} has no .ts`
  const from = placeOf(path)
  const target = posix.join(posix.dirname(path), specifier)
  const to = placeOf(target)
  if (from === to) return undefined
  // What lies under test/ has no name; a test beside its file reaches it by path.
  if (to === 'tests' && roomOf(path) === 'tests') return undefined
  if (path === 'providers/index.ts' && to?.startsWith('providers/') === true) return undefined
  return `crosses a wall by path, to ${to ?? target}; cross it by name`
}

function whyDoorRefused(
  room: string,
  specifier: string,
  doors: Readonly<Record<string, string>>,
): string | undefined {
  const target = Object.hasOwn(doors, specifier) ? doors[specifier] : undefined
  if (target === undefined) return `${specifier} is no door; package.json has none of that name`
  const to = placeOf(target.replace(/^\.\//, ''))
  if (to === undefined) return `${specifier} leads out of the rooms`
  const guards = guardedDoors[specifier]
  if (guards !== undefined && !guards.includes(room)) return `${room} may not use ${specifier}`
  const row = rowOf(room)
  if (to === room) return `${specifier} is this room's own door; inside, import by path`
  if (row === everything || row === undefined) return undefined
  const isOnRow = row.some(
    (name) => name === to || (name.endsWith('/*') && to.startsWith(name.slice(0, -1))),
  )
  return isOnRow ? undefined : `${room} may not import ${to}`
}
