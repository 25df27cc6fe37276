import { components, find } from '../../scripts/components/index.ts'

/**
 * Path of a component's program.
 *
 * @throws Error that says how to get it, when it is nowhere.
 */
export function programOf(name: string): string
export function programOf(name: string, need: 'optional'): string | undefined
export function programOf(name: string, need?: 'optional'): string | undefined {
  const component = components.find((entry) => entry.name === name)
  if (component === undefined) throw new Error(`there is no component ${name}`)
  const found = find(component)
  if (found.kind === 'program') return found.path
  if (need === 'optional') return undefined
  const why = found.kind === 'missing' ? found.why : `${found.from} names a server, not a program`
  throw new Error(`${name}: ${why}\nhint: node scripts/components.ts ensure ${name}`)
}
