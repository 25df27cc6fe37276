import { decodeBase64, encodeBase64, fromBytes, type ByteString } from '#go'

import { FunctionError } from '../template-fault.ts'

/** One block of a PEM text. */
export interface PemBlock {
  readonly type: ByteString
  readonly headers: ReadonlyMap<ByteString, ByteString>
  readonly bytes: ByteString
}

/** Ends that may belong to nothing before we stop: each costs a look back over all that is before it. */
const mostLost = 200

const beginMark = '-----BEGIN '
const endMark = '\n-----END '
const dashes = '-----'

/** A block and what follows it. */
interface Found {
  readonly block: PemBlock
  readonly rest: ByteString
}

/**
 * The next block and what follows it, as Go's pem.Decode finds it; `undefined` when there is none. It looks for an
 * end first and then for the last beginning before it, so that beginnings without an end are passed over.
 *
 * @throws FunctionError for a text of many ends without a beginning.
 */
export function nextBlock(text: ByteString): Found | undefined {
  let from = 0
  for (let lost = 0; ; lost++) {
    if (lost > mostLost) throw new FunctionError('PEM with too many broken blocks', 'limit')
    const end = text.indexOf(endMark, from)
    if (end < 0) return undefined
    const found = blockBetween(text, from, end)
    if (found !== 'none') return found
    from = end + endMark.length
  }
}

/** @returns `undefined` when no block can follow any more, `none` when this is none. */
function blockBetween(text: ByteString, from: number, end: number): Found | undefined | 'none' {
  const begin = text.lastIndexOf(beginMark, end - beginMark.length)
  if (begin < from || end < beginMark.length) return 'none'
  if (begin > from && text[begin - 1] !== '\n') return 'none'
  const title = lineAt(text, begin + beginMark.length)
  if (!title.line.endsWith(dashes)) return 'none'
  const type = title.line.slice(0, -dashes.length)
  const head = headersAt(text, title.next)
  if (head === undefined) return undefined
  const { headers, next } = head
  if (headers.size > 0 && end < next) return end + endMark.length < next ? undefined : 'none'
  const behind = end + endMark.length
  if (!text.startsWith(type + dashes, behind)) return 'none'
  if (lineAt(text, behind + type.length + dashes.length).line !== '') return 'none'
  const decoded = decodeBase64(text.slice(next, Math.max(next, end)).replace(/[ \t]/g, ''))
  if (!decoded.ok) return 'none'
  const rest = text.slice(lineAt(text, behind - 1).next)
  return { block: { type, headers, bytes: decoded.value }, rest }
}

/** A line without its end and the blanks before that, and where the next one begins. */
function lineAt(
  text: ByteString,
  at: number,
): { readonly line: ByteString; readonly next: number } {
  const end = text.indexOf('\n', at)
  let to = end < 0 ? text.length : end
  const next = end < 0 ? to : end + 1
  if (end >= 0 && to > at && text[to - 1] === '\r') to--
  while (to > at && (text[to - 1] === ' ' || text[to - 1] === '\t')) to--
  return { line: text.slice(at, to), next }
}

/** The headers at the beginning of a block, and where they end; `undefined` when the text ends before. */
function headersAt(
  text: ByteString,
  start: number,
): { readonly headers: ReadonlyMap<ByteString, ByteString>; readonly next: number } | undefined {
  const headers = new Map<ByteString, ByteString>()
  for (let at = start; at < text.length;) {
    const { line, next } = lineAt(text, at)
    const colon = line.indexOf(':')
    if (colon < 0) return { headers, next: at }
    headers.set(withoutBlanks(line.slice(0, colon)), withoutBlanks(line.slice(colon + 1)))
    at = next
  }
  return undefined
}

function withoutBlanks(text: ByteString): ByteString {
  let from = 0
  let to = text.length
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
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
