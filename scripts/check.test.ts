import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync, cpSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

function check(folder: string, ...names: string[]): { status: number | null; lines: string[] } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`${folder}/scripts/check.ts`, ...names],
    { cwd: folder, encoding: 'utf8' },
  )
  return { status, lines: `${stdout}${stderr}`.trimEnd().split('\n') }
}

test('a check that passes is one line with a tick and its seconds', () => {
  const { status, lines } = check(root, 'yaml')
  expect(lines[0]).toMatch(/^✓ yaml +\d+\.\d s +every YAML file/)
  expect(lines[1]).toBe('1 checks passed, 0 failed')
  expect(status).toBe(0)
})

test('a check that fails shows what it found below its cross, and the rest still runs', () => {
  const folder = mkdtempSync(`${tmpdir()}/lockstep-check-`)
  try {
    cpSync(`${root}/scripts`, `${folder}/scripts`, { recursive: true })
    cpSync(`${root}/tsconfig.json`, `${folder}/tsconfig.json`)
    cpSync(`${root}/package.json`, `${folder}/package.json`)
    symlinkSync(`${root}/node_modules`, `${folder}/node_modules`)
    mkdirSync(`${folder}/src`)
    mkdirSync(`${folder}/deploy`)
    writeFileSync(`${folder}/src/wrong.ts`, `export const x: number = 'text'\n`)
    writeFileSync(`${folder}/deploy/broken.yaml`, 'a: [\n')

    const { status, lines } = check(folder, 'types', 'yaml')
    expect(lines.filter((line) => /^\S/.test(line)).map((line) => line.slice(0, 8))).toEqual([
      '✗ types ',
      '✗ yaml  ',
      '0 checks',
    ])
    expect(lines.join('\n')).toContain('    src/wrong.ts(1,14): error TS2322')
    expect(lines.join('\n')).toContain('    deploy/broken.yaml:2: ')
    expect(status).toBe(1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a check that does not exist is misuse', () => {
  const { status, lines } = check(root, 'tpyes')
  expect(lines).toEqual([
    'no check tpyes',
    'hint: there are types, lint, layout, walls, generated, yaml',
  ])
  expect(status).toBe(2)
})
