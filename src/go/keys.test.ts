import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { parseJson } from '#base'

import {
  convertKeys,
  decodeValue,
  reverseKeys,
  validateKeys,
  valueBytes,
  type ConversionStrategy,
} from './index.ts'

interface Line {
  id: string
  suite: string
  data?: Record<string, string>
  strategy?: string
  value?: string
  valueB64?: string
  json?: string
  output?: string
  outputB64?: string
  result?: unknown
  error?: { part: string }
}

const lines = ['rewrite', 'values']
  .flatMap((name) =>
    readFileSync(`test/conformance/template/${name}.jsonl`, 'utf8').trim().split('\n'),
  )
  .map((line) => JSON.parse(line) as Line)

const bytesOf = (data: Record<string, string> = {}): Map<string, Uint8Array> =>
  new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value)]))
const textsOf = (data: ReadonlyMap<string, Uint8Array>): unknown =>
  Object.fromEntries([...data].map(([key, value]) => [key, Buffer.from(value).toString()]))
const expected = (line: Line): string =>
  line.outputB64 ?? Buffer.from(line.output ?? '').toString('base64')

function answer(line: Line): unknown {
  switch (line.suite) {
    case 'convert':
      return textsOf(convertKeys(bytesOf(line.data), line.strategy as ConversionStrategy))
    case 'reverse':
      return textsOf(reverseKeys(bytesOf(line.data), line.strategy))
    case 'validateKeys':
      validateKeys(bytesOf(line.data))
      return line.result
    case 'decode': {
      const value = Buffer.from(
        line.valueB64 ?? line.value ?? '',
        line.valueB64 ? 'base64' : 'utf8',
      )
      return Buffer.from(decodeValue(value, line.strategy)).toString('base64')
    }
    default:
      return Buffer.from(valueBytes(parseJson(line.json ?? ''))).toString('base64')
  }
}

const suites = ['convert', 'reverse', 'validateKeys', 'decode', 'byteValue']

describe.each(suites)('%s', (suite) => {
  const own = lines.filter((line) => line.suite === suite)
  it.each(own.map((line) => [line.id, line] as const))('answers as recorded: %s', (_id, line) => {
    if (line.error === undefined) expect(answer(line)).toEqual(line.result ?? expected(line))
    else if (suite === 'byteValue') expect(() => answer(line)).toThrow('beyond float64')
    else expect(() => answer(line)).toThrow(line.error.part)
  })
})
