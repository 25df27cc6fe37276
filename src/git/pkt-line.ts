import { concatBytes, Fault, textOf, utf8 } from '#base'

/**
 * pkt-line framing of Git's wire protocol: four hexadecimal digits of length, then the payload.
 *
 * Source: gitprotocol-common(5), gitprotocol-v2(5).
 */
export type Packet =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'flush' | 'delimiter' | 'end' }

/** One data packet. A line of text is given without its newline, which is added. */
export function dataPacket(line: string): Uint8Array {
  const payload = utf8(`${line}\n`)
  const size = payload.length + 4
  if (size > 65_520) throw new RangeError('a packet holds at most 65,516 bytes')
  return concatBytes([utf8(size.toString(16).padStart(4, '0')), payload])
}

/** `0000`: the end of a message. */
export const flushPacket: Uint8Array = utf8('0000')
/** `0001`: the end of a section of a message. */
export const delimiterPacket: Uint8Array = utf8('0001')

/** All packets of a body read to its end. @throws Fault InvalidAnswer when it is not framed so. */
export function parsePackets(body: Uint8Array): readonly Packet[] {
  const packets: Packet[] = []
  let at = 0
  while (at < body.length) {
    const head = textOf(body.subarray(at, at + 4))
    if (!/^[0-9a-f]{4}$/i.test(head)) throw notGit()
    const size = Number.parseInt(head, 16)
    if (size < 4) {
      const kind = (['flush', 'delimiter', 'end'] as const)[size]
      if (kind === undefined) throw notGit()
      packets.push({ kind })
      at += 4
      continue
    }
    if (at + size > body.length) throw notGit()
    packets.push({ kind: 'data', bytes: body.subarray(at + 4, at + size) })
    at += size
  }
  return packets
}

/** The text of a data packet without its newline; undefined for a mark. */
export function lineOf(packet: Packet): string | undefined {
  return packet.kind === 'data' ? textOf(packet.bytes).replace(/\n$/, '') : undefined
}

function notGit(): Fault {
  return new Fault('InvalidAnswer', 'the answer is not in Git’s wire format')
}
