import { fromBytes, goBytes, goString, type ByteString } from '../byte-string.ts'
import { get } from './get.ts'
import { exists, isValid, resultText, type ResultType } from './scan.ts'

/** What a gjson path found in a JSON text. */
export interface GjsonResult {
  /** False: the path leads nowhere. A JSON null exists and has no bytes. */
  readonly exists: boolean
  /** What External Secrets writes for it: strings unescaped, the rest as JSON text. */
  readonly bytes: Uint8Array
  readonly type: ResultType
  /** The JSON text as it stands in the document. */
  readonly raw: Uint8Array
}

/** A Go string of either form. */
function byteString(value: Uint8Array | string): ByteString {
  return typeof value === 'string' ? goString(value) : fromBytes(value)
}

/**
 * Asks a gjson 1.18 path of a JSON text: keys, indexes, wildcards, queries, modifiers, multipaths.
 * Never fails; broken JSON is searched all the same.
 *
 * Source: https://github.com/tidwall/gjson/blob/v1.18.0/SYNTAX.md
 */
export function gjson(json: Uint8Array | string, path: string): GjsonResult {
  const result = get(byteString(json), goString(path))
  return {
    exists: exists(result),
    bytes: goBytes(resultText(result)),
    type: result.type,
    raw: goBytes(result.raw),
  }
}

/** Whether a text is valid JSON, as gjson.Valid says. */
export function gjsonValid(json: Uint8Array | string): boolean {
  return isValid(byteString(json))
}
