import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Json } from './grammar.ts'
import { openEmbedded } from './embedded.ts'
import { keptSequences } from './kept-sequences.ts'
import { answersOf } from './kept.ts'
import { differences } from './normalise.ts'

const file = fileURLToPath(new URL('kept-answers.json', import.meta.url))
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Json>>

const server = openEmbedded()
afterAll(() => server.close())

describe('the embedded API server answers as kube-apiserver did', () => {
  it.each(Object.entries(keptSequences))('%s', async (name, steps) => {
    const ns = await server.namespace('k')
    const answers = await answersOf(server.ask, ns, steps)
    expect(differences(recorded[name], answers)).toEqual([])
  })
})
