/** Distinguished names as text, the way Go prints them (RFC 2253). */
import { textOf } from '#base'

import { tags, type DerReader } from '#der'
import { derReader } from './asn1.ts'

const short: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.17', 'POSTALCODE'],
])

/** The text of a name's content: last part first. @throws FunctionError when it is malformed. */
export function dnText(name: Uint8Array): string {
  const parts: string[] = []
  const reader = derReader(name)
  while (!reader.isDone) {
    const set = reader.enter(tags.set)
    const pairs: string[] = []
    while (!set.isDone) pairs.push(pairText(set.enter(tags.sequence)))
    parts.unshift(pairs.join('+'))
  }
  return parts.join(',')
}

function pairText(pair: DerReader): string {
  const id = pair.oid()
  const value = pair.next()
  const name = short.get(id)
  if (name === undefined) return `${id}=#${Buffer.from(value.whole).toString('hex')}`
  return `${name}=${escapeValue(textOf(value.content))}`
}

function escapeValue(text: string): string {
  return text.replace(/[,+"\\<>;]|^[ #]| $/g, '\\$&')
}
