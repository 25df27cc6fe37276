/** Where a component is: the environment first, then PATH, then the cache. Builds nothing. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import type { Component, Found } from './component.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** The folder that keeps what was built: outside the tree, kept from one run to the next. */
export function cacheFolder(variables: Variables = process.env): string {
  const base = variables['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return join(base, 'lockstep', 'components')
}

/** Its folder in the cache: another version or another recipe is another folder. */
export function folderOf(component: Component, variables: Variables = process.env): string {
  const recipe = createHash('sha256').update(JSON.stringify(component.recipe)).digest('hex')
  const key = `${component.name}-${component.version}-${process.arch}-${recipe.slice(0, 12)}`
  return join(cacheFolder(variables), key)
}

/**
 * Finds a component: a path or an address from the environment, else PATH with a version that will do,
 * else the cache. A variable that is set and wrong is an answer too: it is never passed over.
 */
export function find(component: Component, variables: Variables = process.env): Found {
  const named = fromVariables(component, variables)
  if (named !== undefined) return named
  for (const folder of (variables['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, component.program)
    if (folder !== '' && isProgram(path) && fault(component, path) === undefined) {
      return { kind: 'program', path, from: 'PATH' }
    }
  }
  const cached = programIn(folderOf(component, variables), component)
  if (existsSync(cached)) return { kind: 'program', path: cached, from: 'cache' }
  return { kind: 'missing', why: 'neither in the environment nor on PATH nor in the cache' }
}

function fromVariables(component: Component, variables: Variables): Found | undefined {
  const address = component.addressVariable
  const url = address === undefined ? undefined : variables[address]
  if (url !== undefined && url !== '') return { kind: 'address', url, from: `$${address}` }
  const candidates = [
    ...component.variables.map((name) => [name, variables[name]] as const),
    ...(component.folderVariables ?? []).map((name) => {
      const folder = variables[name]
      return [name, folder === undefined ? undefined : join(folder, component.program)] as const
    }),
  ]
  for (const [name, path] of candidates) {
    if (path === undefined || path === '') continue
    // A folder of assets need not hold every program; a path that is given must be right.
    if (!component.variables.includes(name) && !existsSync(path)) continue
    const why = fault(component, path)
    if (why !== undefined) return { kind: 'missing', why: `$${name}: ${why}` }
    return { kind: 'program', path, from: `$${name}` }
  }
  return undefined
}

/** The program inside a component's folder. */
export function programIn(folder: string, component: Component): string {
  if (component.recipe.kind === 'pip') return join(folder, 'bin', component.program)
  if (component.recipe.kind === 'deb') return join(folder, 'usr', 'bin', component.program)
  return join(folder, component.program)
}

/** What is wrong with a program in a component's place, or undefined. */
export function fault(component: Component, path: string): string | undefined {
  if (!isProgram(path)) return `${path} is no program`
  const { ask, args, fits } = component.check
  const asked = ask === undefined ? path : join(dirname(path), ask)
  const answer = spawnSync(asked, args, { encoding: 'utf8', timeout: 30_000 })
  const said = `${answer.stdout ?? ''}${answer.stderr ?? ''}`
  if (fits.test(said)) return undefined
  const first = said.trim().split('\n')[0] ?? ''
  return `${path} is not ${component.name} ${component.version}: ${first.slice(0, 120) || 'no answer'}`
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
