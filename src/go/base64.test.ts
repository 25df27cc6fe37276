import { describe, expect, it } from 'vitest'

import { decodeBase64, type Decoded } from './base64.ts'

const bytes = (value: string): Decoded => ({ ok: true, value })
const fault = (at: number): Decoded => ({ ok: false, at })

/** What Go's encoding/base64 answers; the offsets are those of its `illegal base64 data at input byte`. */
const rows: readonly (readonly [string, 'standard' | 'url', Decoded])[] = [
  ['', 'standard', bytes('')],
  ['YWI=', 'standard', bytes('ab')],
  ['YW\r\nI=\n', 'standard', bytes('ab')],
  ['YWJ=', 'standard', bytes('ab')],
  ['YWI', 'standard', fault(0)],
  ['====', 'standard', fault(0)],
  ['====', 'url', fault(0)],
  ['YQ======', 'standard', fault(4)],
  ['YQ======', 'url', fault(4)],
  ['YWI=YWI=', 'standard', fault(4)],
  ['+/8=', 'standard', bytes('\xfb\xff')],
  ['+/8=', 'url', fault(0)],
  ['-_8=', 'url', bytes('\xfb\xff')],
  ['-_8=', 'standard', fault(0)],
  ['Y I=', 'standard', fault(1)],
]

describe('base64 as Go reads it', () => {
  it.each(rows)('%j in the %s alphabet', (text, alphabet, expected) => {
    expect(decodeBase64(text, alphabet)).toEqual(expected)
  })
})
