/**
 * Templates that answer differently each time: they ask for chance (`randAlphaNum`, `genCA`, `bcrypt`)
 * or for the clock (`now`). What they made stays as long as template and values are what it was made
 * of. The target itself says so, in one annotation that only such targets have: it survives a restart
 * and the loss of status.
 */
import { createHash, type Hash } from 'node:crypto'
import type { Secret } from '#api'
import { isObject, parseJson, utf8 } from '#base'
import type { Job } from './render-task.ts'
import { dataOf } from './target.ts'

/** `{hash, data, labels, annotations}`: a digest, and the names of what was rendered. */
export const renderedAnnotation = 'lockstep.dev/rendered-once'

/** What a rendering goes by. */
export interface Inputs {
  readonly jobs: readonly (Job & { readonly part: string; readonly decoding?: string })[]
  readonly values: ReadonlyMap<string, Uint8Array>
  readonly mergePolicy: string | undefined
}

/** What a rendering made. */
export interface Rendering {
  readonly data: ReadonlyMap<string, Uint8Array>
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
}

const changing =
  /\b(?:now|ago|date\w*|htmlDate\w*|durationRound|rand\w+|shuffle|uuidv4|bcrypt|htpasswd|gen[A-Z]\w+|encryptAES)\b/

/** Whether a template names a function that can answer differently each time. */
export function mayChange({ text }: Job): boolean {
  return changing.test(text)
}

/** The annotation for what was just rendered. */
export function annotationFor(inputs: Inputs, made: Rendering): string {
  const names = (map: ReadonlyMap<string, unknown>): readonly string[] => [...map.keys()].sort()
  return JSON.stringify({
    hash: digest(inputs, made),
    data: names(made.data),
    labels: names(made.labels),
    annotations: names(made.annotations),
  })
}

/** What the target holds, when it was rendered from just these inputs and nobody changed it since. */
export function keptRendering(existing: Secret, inputs: Inputs): Rendering | undefined {
  const text = existing.metadata.annotations?.[renderedAnnotation]
  const stamp = text === undefined ? undefined : readStamp(text)
  if (stamp === undefined) return undefined
  const data = picked(dataOf(existing), stamp.data)
  const labels = picked(mapOf(existing.metadata.labels), stamp.labels)
  const annotations = picked(mapOf(existing.metadata.annotations), stamp.annotations)
  if (data === undefined || labels === undefined || annotations === undefined) return undefined
  const made = { data, labels, annotations }
  return digest(inputs, made) === stamp.hash ? made : undefined
}

function mapOf(record: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  return new Map(Object.entries(record))
}

function picked<T>(
  map: ReadonlyMap<string, T>,
  names: readonly string[],
): Map<string, T> | undefined {
  const found = new Map<string, T>()
  for (const name of names) {
    const value = map.get(name)
    if (value === undefined) return undefined
    found.set(name, value)
  }
  return found
}

interface Stamp {
  readonly hash: string
  readonly data: readonly string[]
  readonly labels: readonly string[]
  readonly annotations: readonly string[]
}

/** Anybody who may write the Secret may have written this: what is not ours reads as nothing. */
function readStamp(text: string): Stamp | undefined {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const { hash, data, labels, annotations } = value
  const isStamp = typeof hash === 'string' && [data, labels, annotations].every(areNames)
  return isStamp ? (value as unknown as Stamp) : undefined
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

/**
 * Over inputs and outputs together. The outputs hold what chance made, so that the values cannot be
 * found by trying: metadata is read by more people than data.
 */
function digest({ jobs, values, mergePolicy = '' }: Inputs, made: Rendering): string {
  const hash = createHash('sha256')
  add(hash, 'lockstep/rendered/1', mergePolicy)
  for (const { part, name, text, decoding = '' } of jobs) add(hash, part, name, text, decoding)
  for (const map of [values, made.data, made.labels, made.annotations]) {
    add(hash, String(map.size))
    for (const key of [...map.keys()].sort()) add(hash, key, map.get(key) ?? '')
  }
  return hash.digest('base64')
}

/** Each with its length in front, so that no two lists of parts look alike. */
function add(hash: Hash, ...parts: readonly (string | Uint8Array)[]): void {
  for (const part of parts) {
    const bytes = typeof part === 'string' ? utf8(part) : part
    hash.update(`${bytes.length}:`).update(bytes)
  }
}
