/**
 * Writes what is generated: the CRDs, the types in `src/api/generated` and `crds/REFERENCE.md`.
 *
 * `--check` writes nothing; it names each file that is missing, stale or no longer generated, and
 * then exits 1. `--root DIR` works on another checkout.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { generatedFiles } from './generate/files.ts'

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    root: { type: 'string', default: resolve(import.meta.dirname, '..') },
  },
})
process.exitCode = main(values.root, values.check)

function main(root: string, isCheck: boolean): number {
  const files = generatedFiles(root)
  const changed = [...files].filter(([path, text]) => textOf(`${root}/${path}`) !== text)
  const left = leftBehind(root, files)
  if (isCheck) {
    for (const [path] of changed) console.error(`stale: ${path}`)
    for (const path of left) console.error(`no longer generated: ${path}`)
    if (changed.length + left.length === 0) return 0
    console.error('hint: run `npm run generate`')
    return 1
  }
  for (const [path, text] of changed) {
    mkdirSync(dirname(`${root}/${path}`), { recursive: true })
    writeFileSync(`${root}/${path}`, text)
    console.log(`wrote ${path}`)
  }
  for (const path of left) {
    rmSync(`${root}/${path}`)
    console.log(`removed ${path}`)
  }
  console.log(`${files.size} generated files, ${changed.length} written`)
  return 0
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Generated files of a kind that is generated no more. */
function leftBehind(root: string, files: ReadonlyMap<string, string>): string[] {
  const inFolder = (folder: string, ending: string): string[] =>
    readdirSync(`${root}/${folder}`)
      .filter((name) => name.endsWith(ending) && name !== 'additions.yaml')
      .map((name) => `${folder}/${name}`)
  return [...inFolder('crds', '.yaml'), ...inFolder('src/api/generated', '.ts')].filter(
    (path) => !files.has(path),
  )
}
