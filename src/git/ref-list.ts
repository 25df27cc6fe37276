/**
 * What a server says about its references, in either version of the protocol.
 *
 * Source: gitprotocol-v2(5), gitprotocol-pack(5).
 */
import { concatBytes, Fault } from '#base'
import type { RemoteRef, RemoteRefs } from './mirror.ts'
import { dataPacket, delimiterPacket, flushPacket, lineOf, parsePackets } from './pkt-line.ts'

/** Most bytes of one list of references. */
export const maxRefsBytes: number = 64 * 1_048_576

/** What a server begins with: all its references, or that it speaks version 2. */
export type Advertisement =
  | { readonly version: 0; readonly refs: RemoteRefs }
  | { readonly version: 2 }

/** Asks a server of version 2 for the references that begin with one of `prefixes`. */
export function lsRefsRequest(prefixes: readonly string[]): Uint8Array {
  return concatBytes([
    dataPacket('command=ls-refs'),
    dataPacket('object-format=sha1'),
    delimiterPacket,
    dataPacket('peel'),
    dataPacket('symrefs'),
    ...prefixes.map((prefix) => dataPacket(`ref-prefix ${prefix}`)),
    flushPacket,
  ])
}

/** The answer to {@link lsRefsRequest}. @throws Fault InvalidAnswer, Unavailable. */
export function parseLsRefs(body: Uint8Array): RemoteRefs {
  const refs = new Map<string, RemoteRef>()
  for (const packet of parsePackets(body)) {
    const line = lineOf(packet)
    if (line === undefined) break
    if (line.startsWith('ERR ')) throw new Fault('Unavailable', 'the Git server reports an error')
    const [id = '', name = '', ...attributes] = line.split(' ')
    if (id === 'unborn') continue
    if (!/^[0-9a-f]{40}$/.test(id) || name === '') throw badRefs()
    const peeled = attributes.find((entry) => entry.startsWith('peeled:'))?.slice(7)
    const symref = attributes.find((entry) => entry.startsWith('symref-target:'))?.slice(14)
    refs.set(name, {
      name,
      id,
      ...(peeled === undefined ? {} : { peeled }),
      ...(symref === undefined ? {} : { symref }),
    })
  }
  return refs
}

/** With or without the line that HTTP puts in front. @throws Fault InvalidAnswer, Unsupported. */
export function parseAdvertisement(body: Uint8Array): Advertisement {
  const lines = parsePackets(body).map(lineOf)
  const service = lines[0]?.startsWith('# service=') === true
  const content = service ? lines.slice(2) : lines
  if (content[0] === 'version 2') {
    const format = content.find((line) => line?.startsWith('object-format=') === true)
    if (format !== undefined && format !== 'object-format=sha1') throw unsupportedFormat()
    return { version: 2 }
  }
  const refs = new Map<string, RemoteRef>()
  for (const [index, line] of content.entries()) {
    if (line === undefined) break
    const zero = line.indexOf('\0')
    const text = index === 0 && zero >= 0 ? line.slice(0, zero) : line
    const id = text.slice(0, 40)
    const name = text.slice(41)
    if (!/^[0-9a-f]{40}$/.test(id) || name === '') throw badRefs()
    if (name === 'capabilities^{}') continue
    const tag = name.endsWith('^{}') ? refs.get(name.slice(0, -3)) : undefined
    if (tag !== undefined) refs.set(tag.name, { ...tag, peeled: id })
    else refs.set(name, { name, id })
  }
  return { version: 0, refs }
}

/** Those whose names begin with one of `prefixes`. */
export function only(refs: RemoteRefs, prefixes: readonly string[]): RemoteRefs {
  return new Map([...refs].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))))
}

function badRefs(): Fault {
  return new Fault('InvalidAnswer', 'the list of references is not in Git’s format')
}

function unsupportedFormat(): Fault {
  return new Fault('Unsupported', 'repositories with SHA-256 object names are not supported')
}
