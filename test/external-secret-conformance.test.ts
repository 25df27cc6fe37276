/**
 * The cases recorded from a real External Secrets Operator, against our controllers on the embedded
 * API server. `notYet` lists what does not pass, with the reason; a case that passes has to leave it.
 */
import { readdirSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { casesFolder, ownCasesFolder, playCase } from './external-secret/play.ts'

const notYet: Readonly<Record<string, string>> = {}

interface KnownDifference {
  /** Lines that differ, as the play reports them. */
  readonly differences?: readonly string[]
  readonly why: string
}

/** What is deliberately ours. */
const known: Readonly<Record<string, KnownDifference>> = (
  JSON.parse(readFileSync('test/conformance/known-differences.json', 'utf8')) as {
    readonly 'external-secret': Readonly<Record<string, KnownDifference>>
  }
)['external-secret']

const cases = readdirSync(casesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  // What the schema refuses is test/crds.test.ts's.
  .filter((name) => !name.startsWith('crd-'))
  .sort()

const own = readdirSync(ownCasesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort()

describe('ExternalSecret, as recorded by us', () => {
  it('has cases', () => expect(own.length).toBeGreaterThan(40))

  it.each(own)('%s', async (name) => {
    const { stage, differences } = await playCase(name, ownCasesFolder)
    expect(differences, `at ${stage ?? 'the end'}`).toEqual([])
  })
})

describe('ExternalSecret, as recorded', () => {
  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(100)
    expect(Object.keys(notYet).filter((name) => !cases.includes(name))).toEqual([])
  })

  it.each(cases)('%s', async (name) => {
    const { stage, differences } = await playCase(name)
    if (notYet[name] !== undefined) {
      expect(differences, `${name} passes now: take it out of notYet`).not.toEqual([])
      return
    }
    const expected = known[name]?.differences ?? []
    expect(differences, `at ${stage ?? 'the end'}`).toEqual(expected)
  })
})
