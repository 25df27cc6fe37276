/**
 * How much of a store is absent, and whether that is too much at once to believe without a person: a
 * backend restored empty says "no such secret" as well. Pure; who reads is census.ts.
 */
import { createHash } from 'node:crypto'
import type { ExternalSecret } from '#api'

/** What was found out about a store's references; each counts by its weight. */
export interface Census {
  /** References of ExternalSecrets that have a target, so were there before. */
  readonly known: ReadonlyMap<string, number>
  /** Those that the backend itself says it does not have. */
  readonly absent: ReadonlyMap<string, number>
  /** Those of which it says neither: it refuses them, or its answer cannot be read. Not among the known. */
  readonly unclear: ReadonlyMap<string, number>
}

/** Fewer than these are no crowd. */
export const fewReferences = 5

/**
 * Whether more than half of the references, and at least five, are absent or may be: a backend in trouble
 * refuses some of what it no longer has, and a crowd must not look small for that.
 *
 * @param lately References that were absent and went within the last hour: a backend that empties
 *   slowly must not be followed all the way.
 */
export function isMassAbsence(census: Census, lately: ReadonlyMap<string, number>): boolean {
  const missing = sumOf(new Map([...lately, ...census.unclear, ...census.absent]))
  const all = sumOf(new Map([...lately, ...census.unclear, ...census.known]))
  return missing >= fewReferences && missing * 2 > all
}

/** How many. */
export function sumOf(weights: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const weight of weights.values()) sum += weight
  return sum
}

/** Name of a reference: the object and the field. */
export function referenceId(es: ExternalSecret, at: string): string {
  return `${es.metadata.uid ?? ''} ${at}`
}

/** What one absence is told by, so that an answer to it is no answer to another. */
export interface Absence {
  readonly storeUid: string
  readonly es: ExternalSecret
  /** The fields that gave nothing. */
  readonly at: readonly string[]
  /** When the condition began to say that something is wrong: a recovery in between makes it another. */
  readonly since: string
}

/** `uid/digest` of names alone: of the store, and of what of the object is absent since when. */
export function answerTo({ storeUid, es, at, since }: Absence): string {
  const refs = [...(es.spec?.data ?? []), ...(es.spec?.dataFrom ?? [])].map((entry) =>
    'remoteRef' in entry ? entry.remoteRef : (entry.extract ?? entry.find ?? {}),
  )
  const { uid = '', generation = 0 } = es.metadata
  const text = JSON.stringify([storeUid, uid, generation, since, [...at].sort(), refs])
  return `${storeUid}/${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}
