/** Files that wait for each other: no one of them can be read, or changed, without the others. */
import { posix } from 'node:path'
import { importsOf } from './walls.ts'

/**
 * The circles of imports among `files` (path from the root → text), each by its paths in order. Type
 * imports count: they cost nothing at run time, and as much as others when somebody reads.
 *
 * @param doors `imports` of package.json: `#kube` → `./src/kube/index.ts`.
 */
export function circles(
  files: ReadonlyMap<string, string>,
  doors: Readonly<Record<string, string>>,
): string[][] {
  const targets = new Map<string, string[]>()
  for (const [path, text] of files) {
    const named = importsOf(text).flatMap(({ specifier }) => targetOf(path, specifier, doors))
    targets.set(
      path,
      named.filter((target) => files.has(target)),
    )
  }
  return tied(targets)
}

function targetOf(
  path: string,
  specifier: string | undefined,
  doors: Readonly<Record<string, string>>,
): string[] {
  if (specifier?.startsWith('.') === true) {
    return [posix.join(posix.dirname(path), specifier)]
  }
  const door = specifier === undefined ? undefined : doors[specifier]
  return door === undefined ? [] : [door.replace(/^\.\//, '')]
}

/** Groups in which each reaches each, by Tarjan's walk. */
function tied(targets: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = []
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const isOpen = new Set<string>()
  const visit = (path: string): number => {
    let low = order.size
    order.set(path, low)
    open.push(path)
    isOpen.add(path)
    for (const target of targets.get(path) ?? []) {
      if (!order.has(target)) low = Math.min(low, visit(target))
      else if (isOpen.has(target)) low = Math.min(low, lowest.get(target) ?? order.get(target) ?? 0)
    }
    lowest.set(path, low)
    if (low !== order.get(path)) return low
    const group = open.splice(open.indexOf(path))
    for (const one of group) isOpen.delete(one)
    if (group.length > 1 || targets.get(path)?.includes(path) === true) found.push(group.toSorted())
    return low
  }
  for (const path of targets.keys()) if (!order.has(path)) visit(path)
  return found
}
