import { describe, expect, it } from 'vitest'
import type { ExternalSecret } from '#api'
import { answerTo, isMassAbsence } from './absence.ts'

function weights(count: number, from: number = 0): ReadonlyMap<string, number> {
  return new Map(Array.from({ length: count }, (_, i) => [`ref-${from + i}`, 1]))
}

describe('isMassAbsence', () => {
  it.each([
    ['five of nine', 5, 9, 0, 0, true],
    ['five of ten: half is not more than half', 5, 10, 0, 0, false],
    ['four of four: no crowd', 4, 4, 0, 0, false],
    ['all of five', 5, 5, 0, 0, true],
    ['one now and four lately, of nine', 1, 5, 4, 0, true],
    ['one now and four lately, of ten', 1, 6, 4, 0, false],
    ['three, and three more that are refused, of nine in all', 3, 6, 0, 3, true],
    ['two, and two more that are refused: no crowd', 2, 2, 0, 2, false],
    ['one, and four that are refused, of twelve in all', 1, 8, 0, 4, false],
  ])('%s', (_what, absent, known, lately, unclear, expected) => {
    const census = {
      absent: weights(absent),
      known: weights(known),
      unclear: weights(unclear, 200),
    }
    expect(isMassAbsence(census, weights(lately, 100))).toBe(expected)
  })

  it('counts a list by its length', () => {
    const list = new Map([['list', 17]])
    expect(
      isMassAbsence(
        { absent: list, known: new Map([['list', 20]]), unclear: new Map() },
        new Map(),
      ),
    ).toBe(true)
  })
})

describe('answerTo', () => {
  const es: ExternalSecret = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'app', namespace: 'web', uid: 'es-1', generation: 1 },
    spec: { data: [{ secretKey: 'a', remoteRef: { key: 'k' } }] },
  }
  const absence = { storeUid: 'store-1', es, at: ['spec.data[0]'], since: '2026-01-01T00:00:00Z' }

  it('is the same for the same absence', () =>
    expect(answerTo({ ...absence, at: ['spec.data[0]'] })).toBe(answerTo(absence)))

  it.each([
    ['store', { storeUid: 'store-2' }],
    ['entry', { at: ['spec.data[0]', 'spec.data[1]'] }],
    ['time', { since: '2026-01-01T00:00:01Z' }],
    ['object', { es: { ...es, metadata: { ...es.metadata, uid: 'es-2' } } }],
    ['spec', { es: { ...es, metadata: { ...es.metadata, generation: 2 } } }],
  ])('is another for another %s', (_what, other) =>
    expect(answerTo({ ...absence, ...other })).not.toBe(answerTo(absence)),
  )
})
