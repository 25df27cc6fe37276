/** The checkout as a map, for tests that look at all of it. */
import { globSync, readFileSync } from 'node:fs'

/** Every TypeScript file of the rooms, by its path from `root`. */
export function sourceTree(root: string): Map<string, string> {
  const patterns = ['src', 'providers', 'test', 'scripts', 'bench'].map((top) => `${top}/**/*.ts`)
  const paths = globSync(patterns, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('test/conformance/'))
    .sort()
  return new Map(paths.map((path) => [path, readFileSync(`${root}/${path}`, 'utf8')]))
}

/** `imports` of package.json. */
export function doorsOf(root: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
    imports: Record<string, string>
  }
  return manifest.imports
}
