import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { unreadableYaml, yamlBlocks } from './yaml-files.ts'

test('all YAML of this checkout can be read', () => {
  expect(unreadableYaml(resolve(import.meta.dirname, '../..'))).toEqual([])
})

test('broken YAML is named with its file and line, in files and in pages', () => {
  const files = {
    'deploy/good.yaml': 'a: 1\n---\nb: 2\n',
    'deploy/broken.yaml': 'a: 1\nb: [1, 2\n',
    'deploy/twice.yaml': 'a: 1\n---\na: 1\na: 2\n',
    'deploy/chart/templates/x.yaml': '{{ if .x }}: [',
    'docs/page.md': '# Page\n\n```yaml\na: 1\nb: "open\n```\n\n```sh\nb: [\n```\n',
  }
  withFiles(files, (root) => {
    expect(unreadableYaml(root).map((line) => /^[^:]+:\d+/.exec(line)?.[0])).toEqual([
      'deploy/broken.yaml:3',
      'deploy/twice.yaml:4',
      'docs/page.md:5',
    ])
  })
})

test('blocks are found by their fence, and one that never closes is left alone', () => {
  expect(yamlBlocks('````yaml\na: 1\n```\n````\n~~~yml\nb\n~~~\n```yaml\nc')).toEqual([
    { text: 'a: 1\n```', line: 1 },
    { text: 'b', line: 5 },
  ])
})

function withFiles(files: Readonly<Record<string, string>>, use: (root: string) => void): void {
  const root = mkdtempSync(`${tmpdir()}/lockstep-yaml-`)
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(`${root}/${path}`), { recursive: true })
      writeFileSync(`${root}/${path}`, text)
    }
    use(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}
