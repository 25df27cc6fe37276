import type { Metafile } from 'esbuild'

/**
 * The chain of static imports from `entry` to the first module whose path contains `wanted`, as
 * `a.ts → b.ts → c.js`; undefined when it takes a dynamic import to get there.
 *
 * @throws Error when `entry` is not in the bundle: a renamed file must not pass for a clean one.
 */
export function staticPath(built: Metafile, entry: string, wanted: string): string | undefined {
  if (!Object.hasOwn(built.inputs, entry)) throw new Error(`${entry} is not in the bundle`)
  const cameFrom = new Map<string, string | undefined>([[entry, undefined]])
  for (const path of cameFrom.keys()) {
    if (path.includes(wanted)) return chainTo(path, cameFrom)
    for (const { path: next, kind, external } of built.inputs[path]?.imports ?? []) {
      const isStatic = kind === 'import-statement' || kind === 'require-call'
      if (isStatic && external !== true && !cameFrom.has(next)) cameFrom.set(next, path)
    }
  }
  return undefined
}

function chainTo(path: string, cameFrom: ReadonlyMap<string, string | undefined>): string {
  const before = cameFrom.get(path)
  return before === undefined ? path : `${chainTo(before, cameFrom)} → ${path}`
}
