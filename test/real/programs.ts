import { components, find, type Component } from '../../scripts/components/index.ts'
import { noteUse } from './uses.ts'

/** A component by its name. @throws Error when there is none. */
export function componentOf(name: string): Component {
  const component = components.find((entry) => entry.name === name)
  if (component === undefined) throw new Error(`there is no component ${name}`)
  return component
}

/**
 * Path of a component's program; the test that asks counts among those that use it.
 *
 * @throws Error that says how to get it, when it is nowhere.
 */
export function programOf(name: string): string
export function programOf(name: string, need: 'optional'): string | undefined
export function programOf(name: string, need?: 'optional'): string | undefined {
  const found = find(componentOf(name))
  noteUse(name)
  if (found.kind === 'program') return found.path
  if (need === 'optional') return undefined
  const why = found.kind === 'missing' ? found.why : `${found.from} names a server, not a program`
  throw new Error(`${name}: ${why}\nhint: node scripts/components.ts ensure ${name}`)
}
