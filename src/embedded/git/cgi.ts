import { textOf } from '#base'

const headEnd = [13, 10, 13, 10]

/** Status, headers and the beginning of the body of a CGI answer; undefined while its head is incomplete. */
export function parseCgiHead(
  bytes: Uint8Array,
): { status: number; headers: Record<string, string>; body: Uint8Array } | undefined {
  const end = bytes.findIndex((_, at) => headEnd.every((byte, i) => bytes[at + i] === byte))
  if (end < 0) return undefined
  let status = 200
  const headers: Record<string, string> = {}
  for (const line of textOf(bytes.subarray(0, end)).split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (name === 'status') status = Number.parseInt(value, 10)
    else headers[name] = value
  }
  return { status, headers, body: bytes.subarray(end + 4) }
}
