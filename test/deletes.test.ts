import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Rooms that run in the operator; commands delete nothing. */
const rooms = ['src/controllers', 'src/inventory', 'src/runtime', 'src/cli', 'providers']

interface Call {
  readonly at: string
  readonly text: string
}

/** Every call of a client's `delete`, with its arguments and the statement that made them. */
function deletes(path: string, source: string): readonly Call[] {
  const calls: Call[] = []
  for (const found of source.matchAll(/\bclient\s*\.\s*delete\(/g)) {
    const end = source.indexOf('\n  }', found.index)
    const from = Math.max(0, source.lastIndexOf('\n\n', found.index))
    const line = source.slice(0, found.index).split('\n').length
    calls.push({ at: `${path}:${line}`, text: source.slice(from, end < 0 ? undefined : end) })
  }
  return calls
}

function callsIn(room: string): readonly Call[] {
  return readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => deletes(join(room, name), readFileSync(join(room, name), 'utf8')))
}

/** Names uid and resourceVersion among its options, by themselves or in an object made beside it. */
function isConditional({ text }: Call): boolean {
  return /\buid\b/.test(text) && /\bresourceVersion\b/.test(text)
}

describe('every delete the operator can make', () => {
  const calls = rooms.flatMap(callsIn)

  it('was found', () => {
    expect(calls.length).toBeGreaterThanOrEqual(3)
  })

  it('names the uid and the version of what it deletes', () => {
    expect(calls.filter((call) => !isConditional(call)).map(({ at }) => at)).toEqual([])
  })

  it('is seen to lack them where it does', () => {
    const planted = `async function f() {\n\n  await deps.client.delete(secrets, key, { signal })\n}\n`
    expect(deletes('planted.ts', planted).filter((call) => !isConditional(call))).toHaveLength(1)
  })
})
