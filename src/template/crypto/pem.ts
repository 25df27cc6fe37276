import { decodeBase64, encodeBase64, fromBytes, type ByteString } from '#go'

import { FunctionError } from '../template-fault.ts'

/** One block of a PEM text. */
export interface PemBlock {
  readonly type: ByteString
  readonly headers: ReadonlyMap<ByteString, ByteString>
  readonly bytes: ByteString
}

/** Beginnings that may lead nowhere before we stop: each costs a look through all that follows. */
const mostLost = 200

/**
 * The next block and what follows it, as Go's pem.Decode finds it; `undefined` when there is none.
 *
 * @throws FunctionError for a text of many beginnings without an end.
 */
export function nextBlock(
  text: ByteString,
): { readonly block: PemBlock; readonly rest: ByteString } | undefined {
  const begin = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n/g
  let lost = 0
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    if (++lost > mostLost) throw new FunctionError('PEM with too many broken blocks', 'limit')
    const type = found[1]!
    const behind = text.slice(begin.lastIndex)
    const { headers, body } = splitHeaders(behind)
    const end = new RegExp(`(?:^|\\n)-----END ${escapeRegExp(type)}-----[ \\t\\r]*(?:\\n|$)`).exec(
      body,
    )
    if (end !== null) {
      const decoded = decodeBase64(body.slice(0, end.index).replace(/[ \t\r\n]/g, ''))
      const rest = body.slice(end.index + end[0].length)
      if (decoded.ok) return { block: { type, headers, bytes: decoded.value }, rest }
    }
    begin.lastIndex--
  }
  return undefined
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function splitHeaders(text: ByteString): {
  readonly headers: ReadonlyMap<ByteString, ByteString>
  readonly body: ByteString
} {
  const headers = new Map<ByteString, ByteString>()
  let body = text
  for (;;) {
    const line = /^([^\n:]*):([^\n]*)\n/.exec(body)
    if (line === null) break
    headers.set(line[1]!.trim(), line[2]!.trim())
    body = body.slice(line[0].length)
  }
  return { headers, body: headers.size > 0 ? body.replace(/^[ \t\r]*\n/, '') : body }
}

/** A block as pem.Encode writes it: Proc-Type first, other headers by name, 64 columns. */
export function encodeBlock({ type, headers, bytes }: PemBlock): ByteString {
  const names = [...headers.keys()].filter((name) => name !== 'Proc-Type').sort()
  if (headers.has('Proc-Type')) names.unshift('Proc-Type')
  const head = names.map((name) => `${name}: ${headers.get(name) ?? ''}\n`).join('')
  const body = inLines(encodeBase64(bytes))
  return `-----BEGIN ${type}-----\n${head === '' ? '' : `${head}\n`}${body}-----END ${type}-----\n`
}

function inLines(text: ByteString): ByteString {
  let lines = ''
  for (let at = 0; at < text.length; at += 64) lines += `${text.slice(at, at + 64)}\n`
  return lines
}

/** The blocks of a text, and what stands behind the last one. */
export function blocksOf(text: ByteString): {
  readonly blocks: readonly PemBlock[]
  rest: ByteString
} {
  const blocks: PemBlock[] = []
  let rest = text
  for (;;) {
    const found = nextBlock(rest)
    if (found === undefined) return { blocks, rest }
    blocks.push(found.block)
    rest = found.rest
  }
}

/** A block without headers as pem.Encode writes it. */
export function pemText(type: string, bytes: Uint8Array): ByteString {
  return encodeBlock({ type, headers: new Map(), bytes: fromBytes(bytes) })
}
