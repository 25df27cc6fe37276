/**
 * `npm run test:conformance [-- AREA…]`: plays recorded behaviour of the real systems, one area or all.
 * Arguments that name no area go to vitest, so `-- external-secret -t drift` works.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const areas: Readonly<Record<string, readonly string[]>> = {
  crds: ['test/crds.test.ts'],
  'external-secret': ['test/external-secret-conformance.test.ts'],
  'git-sync': ['test/git-sync-conformance.test.ts'],
  'kube-api': ['test/kube-api-conformance.test.ts'],
  'sealed-secret': [
    'test/sealed-secret-conformance.test.ts',
    'test/seal-cli-conformance.test.ts',
    'src/seal',
  ],
  template: [
    'test/template-conformance.test.ts',
    'test/render-substitute-conformance.test.ts',
    'src/go/gjson/gjson.test.ts',
    'src/go/hash.test.ts',
    'src/go/keys.test.ts',
    'src/go/regexp.test.ts',
    'src/go/yaml',
    'src/template/rewrite.test.ts',
  ],
}

const given = process.argv.slice(2)
if (given.includes('--help')) {
  console.log(
    `Usage: npm run test:conformance [-- AREA…]\n\nAreas: ${Object.keys(areas).join(', ')}`,
  )
  process.exit(0)
}
const named = given.filter((argument) => Object.hasOwn(areas, argument))
const rest = given.filter((argument) => !Object.hasOwn(areas, argument))
const files = (named.length === 0 ? Object.keys(areas) : named).flatMap((area) => areas[area] ?? [])
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const run = spawnSync(
  process.execPath,
  [vitest, 'run', '--reporter=verbose', '--silent=passed-only', ...files, ...rest],
  { stdio: 'inherit', cwd: fileURLToPath(new URL('..', import.meta.url)) },
)
process.exit(run.status ?? 1)
