import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Component } from './component.ts'
import { components, find, folderOf } from './index.ts'
import { whileLocked } from './lock.ts'

const tool: Component = {
  name: 'tool',
  version: '2.1.0',
  program: 'tool',
  variables: ['TOOL'],
  folderVariables: ['TOOL_ASSETS'],
  addressVariable: 'TOOL_URL',
  check: { args: ['--version'], fits: /tool 2\./ },
  recipe: { kind: 'go-install', target: 'example.com/tool@v2.1.0' },
  without: 'tools',
}

describe('a component', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lockstep-components-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const program = (path: string, says: string): string => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `#!/bin/sh\necho ${says}\n`, { mode: 0o755 })
    return path
  }
  const variables = (more: Record<string, string>): Record<string, string> => ({
    XDG_CACHE_HOME: join(folder, 'cache'),
    ...more,
  })

  it('is taken from the environment, then PATH, then the cache', () => {
    const cached = program(join(folderOf(tool, variables({})), 'tool'), 'tool 2.1.0')
    expect(find(tool, variables({}))).toMatchObject({ path: cached, from: 'cache' })
    const onPath = program(join(folder, 'bin', 'tool'), 'tool 2.9')
    const PATH = join(folder, 'bin')
    expect(find(tool, variables({ PATH }))).toMatchObject({ path: onPath, from: 'PATH' })
    const own = program(join(folder, 'own'), 'tool 2.0')
    expect(find(tool, variables({ PATH, TOOL: own }))).toMatchObject({ path: own, from: '$TOOL' })
    expect(find(tool, variables({ PATH, TOOL: own, TOOL_URL: 'http://127.0.0.1:1' }))).toEqual({
      kind: 'address',
      url: 'http://127.0.0.1:1',
      from: '$TOOL_URL',
    })
  })

  it('of another version is passed over on PATH, and refused where it was named', () => {
    const old = program(join(folder, 'bin', 'tool'), 'tool 1.0')
    expect(find(tool, variables({ PATH: dirname(old) })).kind).toBe('missing')
    expect(find(tool, variables({ TOOL: old }))).toEqual({
      kind: 'missing',
      why: `$TOOL: ${old} is not tool 2.1.0: tool 1.0`,
    })
  })

  it('has another folder when its recipe changes', () => {
    const other = { ...tool, recipe: { kind: 'pip', requirement: 'tool' } } as const
    expect(folderOf(other)).not.toBe(folderOf(tool))
  })

  it('is built by one process at a time', async () => {
    const order: string[] = []
    const lock = join(folder, 'tool.lock')
    writeFileSync(lock, '999999999') // left by a process that is no more
    const work = (name: string) => async (): Promise<void> => {
      order.push(`${name} begins`)
      await Promise.resolve()
      order.push(`${name} ends`)
    }
    await whileLocked(lock, () => {}, work('first'))
    await whileLocked(lock, () => {}, work('second'))
    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  })
})

it('every component says what stays untested without it, and has a name of its own', () => {
  expect(components.filter(({ without }) => without === '')).toEqual([])
  expect(new Set(components.map(({ name }) => name)).size).toBe(components.length)
})
