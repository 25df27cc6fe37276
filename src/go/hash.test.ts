import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { dataHash, jsonHash, metadataHash, objectHash } from './index.ts'

interface Line {
  id: string
  suite: string
  op: string
  data?: Record<string, string>
  dataB64?: Record<string, string>
  value?: string
  json?: string
  result: { sha3_224: string }
}

const lines = readFileSync('test/conformance/template/values.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)
  .filter((line) => line.suite === 'hash')

function hashOf(line: Line): string {
  switch (line.op) {
    case 'data': {
      const data = new Map<string, Uint8Array>()
      for (const [key, text] of Object.entries(line.data ?? {})) data.set(key, Buffer.from(text))
      for (const [key, text] of Object.entries(line.dataB64 ?? {}))
        data.set(key, Buffer.from(text, 'base64'))
      return dataHash(data)
    }
    case 'string':
      return objectHash(line.value ?? '')
    case 'metadata': {
      const metadata = JSON.parse(line.json ?? '') as Record<string, Record<string, string>>
      return metadataHash({ labels: metadata['Labels'], annotations: metadata['Annotations'] })
    }
    default:
      return jsonHash(
        JSON.parse(line.json ?? '') as unknown,
        line.op === 'jsonMap' ? 'int64' : 'float64',
      )
  }
}

describe('hashes of what External Secrets wrote', () => {
  it.each(lines.map((line) => [line.id, line] as const))('are equal to ours: %s', (_id, line) => {
    expect(hashOf(line)).toBe(line.result.sha3_224)
  })

  it('saw the recorded lines', () => expect(lines.length).toBe(33))

  it('take prototype-shaped keys as ordinary keys', () => {
    expect(dataHash(new Map([['__proto__', new Uint8Array([1])]]))).toBe(
      objectHash('map[__proto__:[1]]'),
    )
  })
})
