/**
 * `npm run build`: the program as it is shipped, in `dist/` — what the image copies and what
 * `npm publish dist` publishes. It needs Node and nothing else: no node_modules, no sources.
 *
 *   lockstep.mjs         the program; small, because every command is a chunk loaded when asked for
 *   compute-worker.mjs   what runs in worker threads
 *   chunk-*.mjs, *.cjs   loaded when first needed: commands, providers, SDKs
 *   crds/                the definitions as this version serves them
 *   package.json, README.md, LICENSE, LICENSES.txt
 *
 * The same sources give the same bytes, wherever they lie.
 */
import { parseArgs } from 'node:util'
import { resolve } from 'node:path'
import { bundle, sizesOf } from './build/bundle.ts'
import { ship } from './build/ship.ts'

const root = resolve(import.meta.dirname, '..')
const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } })
const out = resolve(root, values.out)

const from = performance.now()
const built = await bundle(root, out)
ship(root, out, built)
const { entry, lazy, chunks } = sizesOf(built)
const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`
console.log(`${out}: lockstep.mjs loads ${kib(entry)}, ${chunks} lazy chunks hold ${kib(lazy)}`)
console.log(`built in ${((performance.now() - from) / 1000).toFixed(1)} s`)
