import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { doorsOf, sourceTree } from './architecture/tree.ts'
import { circles } from './architecture/circles.ts'
import { breaches, importsOf, roomOf, rowOf } from './architecture/walls.ts'

const root = resolve(import.meta.dirname, '..')
const doors = doorsOf(root)
const tree = sourceTree(root)

describe('the tree', () => {
  test('was seen: every room that package.json opens has files', () => {
    expect(tree.size).toBeGreaterThan(150)
    const rooms = new Set([...tree.keys()].map(roomOf))
    for (const room of ['base', 'api', 'kube', 'runtime', 'bin', 'tests']) {
      expect(rooms).toContain(room)
    }
    const imports = [...tree.values()].flatMap(importsOf)
    expect(imports.length).toBeGreaterThan(tree.size)
  })

  test('has no import that crosses a wall where it may not', () => {
    expect(breaches(tree, doors)).toEqual([])
  })

  test('has no files that wait for each other', () => {
    expect(circles(tree, doors)).toEqual([])
  })

  test('has a row in the table behind every door', () => {
    for (const target of Object.values(doors)) {
      const room = roomOf(target.slice(2))
      expect(room === undefined ? undefined : rowOf(room), target).toBeDefined()
    }
  })
})

/** What is wrong with one planted file. */
function planted(path: string, ...lines: string[]): string[] {
  return breaches(new Map([[path, lines.join('\n')]]), doors).map(({ at, why }) => `${at} ${why}`)
}

describe('a planted breach is seen', () => {
  const cases: readonly [string, string, string, string][] = [
    [
      'a room that is not on the row',
      'src/seal/x.ts',
      `import { parse } from '#kube'`,
      'seal may not import kube',
    ],
    ['a type import', 'src/go/x.ts', `import type { Secret } from '#api'`, 'go may not import api'],
    ['a re-export', 'src/git/x.ts', `export * from '#api'`, 'git may not import api'],
    ['an import for its effect alone', 'src/git/x.ts', `import '#api'`, 'git may not import api'],
    [
      'an import made later',
      'src/cli/x.ts',
      `  await import('#runtime')`,
      'cli may not import runtime',
    ],
    [
      'an import inside a type',
      'src/kube/x.ts',
      `let x: typeof import('#runtime')`,
      'kube may not import runtime',
    ],
    [
      'an import written over several lines',
      'src/go/x.ts',
      `import {\n  type A,\n  b,\n} from '#kube'`,
      'go may not import kube',
    ],
    [
      'another controller',
      'src/controllers/sealed-secret/x.ts',
      `import { x } from '#controllers/git-sync'`,
      'controllers/sealed-secret may not import controllers/git-sync',
    ],
    [
      'the client inside the embedded server',
      'src/embedded/kube-api/x.ts',
      `import { x } from '#kube'`,
      'embedded/kube-api may not import kube',
    ],
    [
      'Git inside the embedded Vault',
      'src/embedded/vault/x.ts',
      `import { x } from '#git'`,
      'embedded/vault may not import git',
    ],
    [
      'the cluster inside a provider',
      'providers/vault.ts',
      `import { x } from '#kube'`,
      'providers/vault may not import kube',
    ],
    [
      'another provider',
      'providers/vault.ts',
      `import { x } from './fake.ts'`,
      'crosses a wall by path, to providers/fake; cross it by name',
    ],
    [
      'a path that leaves the room',
      'src/seal/x.ts',
      `import { x } from '../base/json.ts'`,
      'crosses a wall by path, to base; cross it by name',
    ],
    [
      'a fake outside a test',
      'src/kube/x.ts',
      `import { x } from '../../test/fakes/x.ts'`,
      'crosses a wall by path, to tests; cross it by name',
    ],
    [
      'a path that leaves the room from a test',
      'src/seal/x.test.ts',
      `import { x } from '../kube/client.ts'`,
      'crosses a wall by path, to kube; cross it by name',
    ],
    [
      'a way round the door',
      'src/seal/x.ts',
      `import { x } from '#base/json'`,
      '#base/json is no door; package.json has none of that name',
    ],
    [
      "the room's own door",
      'src/seal/x.ts',
      `import { x } from '#seal'`,
      "#seal is this room's own door; inside, import by path",
    ],
    [
      'the real machine outside bin',
      'src/kube/x.ts',
      `import { realEnv } from '#base/env'`,
      'kube may not use #base/env',
    ],
    [
      'an absolute path',
      'src/kube/x.ts',
      `import { x } from '/etc/x.ts'`,
      'imports by absolute path',
    ],
    [
      'a name that is computed',
      'src/kube/x.ts',
      `  await import(name)`,
      'imports a name that is not written out',
    ],
  ]

  test.each(cases)('%s', (_what, path, line, why) => {
    expect(planted(path, '// first', line)).toEqual([`${path}:2 ${why}`])
  })

  test('a file in no room', () => {
    expect(planted('src/utils/x.ts')).toEqual(['src/utils/x.ts is in no room of the table'])
    expect(planted('src/x.ts')).toEqual(['src/x.ts is in no room of the table'])
    expect(planted('src/controllers/x.ts')).toEqual([
      'src/controllers/x.ts is in no room of the table',
    ])
  })

  test('in a real tree on disk', () => {
    withTree(
      { 'src/seal/leak.ts': `import { connect } from '#kube'\nexport { connect }\n` },
      (copy) => {
        expect(breaches(sourceTree(copy), doorsOf(copy))).toEqual([
          { at: 'src/seal/leak.ts:1', why: 'seal may not import kube' },
        ])
      },
    )
  })
})

describe('a planted circle is seen', () => {
  const seen = (files: Readonly<Record<string, string>>): string[][] =>
    circles(new Map(Object.entries(files)), { '#kube': './src/kube/index.ts' })

  test('of two files, of types alone', () => {
    expect(
      seen({
        'src/go/a.ts': `import { b } from './b.ts'`,
        'src/go/b.ts': `import type { A } from './a.ts'`,
        'src/go/c.ts': `import { a } from './a.ts'`,
      }),
    ).toEqual([['src/go/a.ts', 'src/go/b.ts']])
  })

  test('through a door, and of a file with itself', () => {
    expect(
      seen({
        'src/kube/index.ts': `export { a } from './a.ts'`,
        'src/kube/a.ts': `import { x } from '../runtime/x.ts'`,
        'src/runtime/x.ts': `import { a } from '#kube'`,
        'src/go/self.ts': `import { self } from './self.ts'`,
      }),
    ).toEqual([['src/kube/a.ts', 'src/kube/index.ts', 'src/runtime/x.ts'], ['src/go/self.ts']])
  })

  test('and two ways to one file are none', () => {
    expect(
      seen({
        'src/go/a.ts': `import { b } from './b.ts'\nimport { c } from './c.ts'`,
        'src/go/b.ts': `import { c } from './c.ts'`,
        'src/go/c.ts': ``,
      }),
    ).toEqual([])
  })
})

describe('what is allowed passes', () => {
  const cases: readonly [string, string, string][] = [
    ['a room on the row', 'src/runtime/x.ts', `import { x } from '#kube'`],
    ['inside the room', 'src/embedded/kube-api/verbs/x.ts', `import { x } from '../object.ts'`],
    [
      'a provider by the door that names them',
      'providers/index.ts',
      `const x = () => import('./vault.ts')`,
    ],
    [
      'the cluster inside the Kubernetes provider',
      'providers/kubernetes.ts',
      `import { x } from '#kube'`,
    ],
    ['everything in bin', 'src/bin/x.ts', `import { x } from '#runtime'`],
    ['everything in a test', 'src/go/x.test.ts', `import { x } from '#runtime'`],
    ["a test's fake", 'src/kube/x.test.ts', `import { x } from '../../test/fakes/x.ts'`],
    ['a package', 'src/kube/x.ts', `import { parse } from 'yaml'`],
    ['words about an import in a comment', 'src/kube/x.ts', ` * as in import('#runtime')`],
  ]

  test.each(cases)('%s', (_what, path, line) => {
    expect(planted(path, line)).toEqual([])
  })
})

describe('lint holds the Env rule', () => {
  const forbidden: readonly [string, string, string][] = [
    ['the wall clock', 'export const x: number = Date.now()\n', 'no-restricted-globals'],
    ['a timer', 'setTimeout(() => {}, 1)\n', 'no-restricted-globals'],
    ['the process', 'export const x: unknown = process.env\n', 'no-restricted-globals'],
    [
      'the network',
      `export const x: unknown = fetch('http://localhost')\n`,
      'no-restricted-globals',
    ],
    ['chance', 'export const x: number = Math.random()\n', 'no-restricted-properties'],
    [
      'files',
      `import { readFileSync } from 'node:fs'\n\nexport { readFileSync }\n`,
      'no-restricted-imports',
    ],
    [
      'sockets',
      `import { connect } from 'node:net'\n\nexport { connect }\n`,
      'no-restricted-imports',
    ],
    [
      'children',
      `import { spawn } from 'node:child_process'\n\nexport { spawn }\n`,
      'no-restricted-imports',
    ],
    [
      'random bytes',
      `import { randomBytes } from 'node:crypto'\n\nexport { randomBytes }\n`,
      'no-restricted-imports',
    ],
  ]

  test('refuses each ambient form outside src/base/env, and none inside it', () => {
    const files: Record<string, string> = {}
    for (const [index, [, text]] of forbidden.entries()) {
      files[`src/kube/planted-${index}.ts`] = text
      files[`src/base/env/planted-${index}.ts`] = text
    }
    withTree(files, (copy) => {
      cpSync(`${root}/.oxlintrc.json`, `${copy}/.oxlintrc.json`)
      const reported = lint(copy)
      const seen = forbidden.map(([what], index) => {
        const rules = reported.filter(({ filename }) => filename === `src/kube/planted-${index}.ts`)
        const names = rules.map(({ code }) => code.replace(/^.*\((.*)\)$/, '$1'))
        return [what, [...new Set(names)]]
      })
      expect(seen).toEqual(forbidden.map(([what, , rule]) => [what, [rule]]))
      expect(reported.filter(({ filename }) => filename.startsWith('src/base/env/'))).toEqual([])
    })
  })
})

interface LintReport {
  readonly diagnostics: readonly { readonly filename: string; readonly code: string }[]
}

function lint(folder: string): LintReport['diagnostics'] {
  const { stdout } = spawnSync(`${root}/node_modules/.bin/oxlint`, ['--format', 'json', 'src'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return (JSON.parse(stdout) as LintReport).diagnostics.filter(({ code }) =>
    code.includes('no-restricted'),
  )
}

/** Runs `use` on a temporary checkout that holds these files and our package.json. */
function withTree(files: Readonly<Record<string, string>>, use: (folder: string) => void): void {
  const folder = mkdtempSync(`${tmpdir()}/lockstep-walls-`)
  try {
    cpSync(`${root}/package.json`, `${folder}/package.json`)
    symlinkSync(`${root}/node_modules`, `${folder}/node_modules`)
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(`${folder}/${path}`), { recursive: true })
      writeFileSync(`${folder}/${path}`, text)
    }
    use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
