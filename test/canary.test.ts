import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { canary, describeLeaks, scanForCanaries, tokenCanary, watchFor } from './canary.ts'

const value = canary('planted')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('a planted leak is found', () => {
  const forms: readonly [string, string, unknown][] = [
    ['as it is', 'plain', `login failed for ${value}`],
    ['in base64', 'base64', { data: { password: base64(value) } }],
    ['in base64 one byte into something longer', 'base64', base64(`x${value} and more`)],
    ['in base64 two bytes into something longer', 'base64', base64(`xy${value}.`)],
    [
      'in base64 broken into lines',
      'base64',
      base64(`${'x'.repeat(60)}${value}`).replace(/.{64}/g, '$&\n  '),
    ],
    ['in base64 of base64', 'base64 twice', base64(`{"password":"${base64(value)}"}`)],
    ['in base64 for URLs', 'base64url', Buffer.from(`?${value}??`).toString('base64url')],
    ['in hex', 'hex', Buffer.from(value).toString('hex').toUpperCase()],
    [
      'in hex with colons',
      'hex with separators',
      Buffer.from(value).toString('hex').replace(/..\B/g, '$&:'),
    ],
    ['in a URL', 'percent-encoded', `https://example.com/?q=${encodeURIComponent(value)}`],
    ['in a URL in small letters', 'percent-encoded', encodeURIComponent(value).toLowerCase()],
    ['in JSON', 'JSON', JSON.stringify({ message: value })],
    [
      'in JSON inside JSON',
      'JSON in JSON',
      JSON.stringify({ body: JSON.stringify({ message: value }) }),
    ],
    [
      'in JSON as Go writes it',
      'JSON for HTML',
      JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('&', '\\u0026'),
    ],
    ['in JSON of ASCII alone', 'ASCII JSON', JSON.stringify(value).replaceAll('é', '\\u00E9')],
    [
      'in HTML',
      'HTML',
      value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    ],
    ['as a list of bytes', 'byte list', JSON.stringify([...Buffer.from(value)])],
    ['as Go prints bytes', 'Go byte list', `map[password:[${[...Buffer.from(value)].join(' ')}]]`],
    ['backwards', 'reversed', Array.from(value).reverse().join('')],
  ]

  test.each(forms)('%s', (_what, form, output) => {
    const [leak, ...more] = scanForCanaries({ output })
    expect(leak).toMatchObject({ canary: 'planted', form })
    expect(more).toEqual([])
  })

  const cause = new Error('outer', { cause: new Error(`inner ${value}`) })
  const circle: Record<string, unknown> = { value: 1 }
  circle['self'] = circle
  circle['later'] = [{ deep: value }]
  const places: readonly [string, unknown, string][] = [
    ['in bytes', Buffer.from(`x ${value}`), 'output'],
    ['in a part of a buffer', new Uint8Array(Buffer.from(value).buffer.slice(0)), 'output'],
    ['in an array of events', [{ type: 'Normal' }, { message: value }], 'output[1].message'],
    ['in a key', { [value]: 1 }, `output.${value} (key)`],
    ['in a map', new Map([['web/db', { note: value }]]), 'output[web/db].note'],
    ['in a symbol', Symbol(value), 'output'],
    ["in an error's message", new Error(value), 'output.stack'],
    ["in an error's cause", cause, 'output.cause.stack'],
    ['in an object that holds itself', circle, 'output.later[0].deep'],
    ['in packed bytes', gzipSync(`x ${value}`), 'output (unpacked)'],
    ['in an object of Git', deflateSync(`blob 5\0${value}`), 'output (unpacked)'],
    ['in UTF-16', Buffer.from(value, 'utf16le'), 'output (UTF-16)'],
  ]

  test.each(places)('%s', (_what, output, at) => {
    const found = scanForCanaries({ output })
    expect(found.map((leak) => leak.at)).toContain(at)
  })

  test('in a folder: a file, a name, a link, a file that is packed', () => {
    const folder = mkdtempSync(`${tmpdir()}/lockstep-canary-`)
    const named = tokenCanary('name')
    try {
      mkdirSync(`${folder}/deep/er`, { recursive: true })
      writeFileSync(`${folder}/deep/er/x.yaml`, `password: ${base64(value)}\n`)
      writeFileSync(`${folder}/deep/x.gz`, gzipSync(value))
      writeFileSync(`${folder}/${named}`, '')
      writeFileSync(`${folder}/innocent`, 'canary-planted-0000')
      symlinkSync(`/tmp/${value}`, `${folder}/link`)
      expect(
        scanForCanaries({ files: { folder } })
          .map(({ at }) => at)
          .sort(),
      ).toEqual([
        `files/${named} (name)`,
        'files/deep/er/x.yaml',
        'files/deep/x.gz (unpacked)',
        'files/link (link)',
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test('each leak is told apart, by canary and by place', () => {
  const other = canary('other')
  const leaks = scanForCanaries({ log: `${value} ${other}`, events: [other], metrics: 'up 1' })
  expect(leaks).toEqual([
    { canary: 'planted', form: 'plain', at: 'log' },
    { canary: 'other', form: 'plain', at: 'log' },
    { canary: 'other', form: 'plain', at: 'events[0]' },
  ])
})

test('a report names the canary and the place and does not repeat the value', () => {
  const report = describeLeaks(scanForCanaries({ log: value }))
  expect(report).toBe('planted (plain) in log')
})

test('what did not leak is not reported', () => {
  const outputs = {
    redacted: '[redacted]',
    near: value.slice(0, -1),
    name: 'planted',
    digest: Buffer.from(value).toString('hex').slice(0, 20),
    numbers: [1, 2, 3],
    nothing: undefined,
    date: new Date(0),
  }
  expect(scanForCanaries(outputs)).toEqual([])
})

test('the same name gives the same canary, another name another', () => {
  expect(canary('planted')).toBe(value)
  expect(canary('planted-too')).not.toContain(value)
})

test('a value can be watched that is no canary, if it is long enough not to be found by chance', () => {
  watchFor('vault token', 'hvs.token-of-the-test')
  expect(scanForCanaries({ log: 'X-Vault-Token: hvs.token-of-the-test' })).toEqual([
    { canary: 'vault token', form: 'plain', at: 'log' },
  ])
  expect(() => watchFor('pin', '1234')).toThrow(RangeError)
})
