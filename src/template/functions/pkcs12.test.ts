import { describe, expect, it } from 'vitest'

import { readPkcs12 } from '../crypto/pkcs12/read.ts'
import { generateKey, parseTemplate, render, TemplateFault } from '../index.ts'
import { FunctionError } from '../template-fault.ts'

const deps = {
  generateKey,
  now: (): number => 1_767_225_600_000,
  randomBytes: (count: number): Uint8Array => new Uint8Array(count).fill(7),
}

function run(text: string, data: Readonly<Record<string, Uint8Array>> = {}): string {
  const template = parseTemplate(text, { engine: 'eso' })
  return Buffer.from(render(template, new Map(Object.entries(data)), { deps })).toString()
}

const bundle = '{{ $c := genCA "x" 1 }}{{ fullPemToPkcs12Pass $c.Cert $c.Key "päss" }}'

describe('a PKCS#12 file', () => {
  const file = Buffer.from(run(bundle), 'base64')

  it('gives back key and certificate under its own password', () => {
    expect(run('{{ .f | pkcs12certPass "päss" }}', { f: file })).toMatch(/^-----BEGIN CERTIFICATE/)
    expect(run('{{ .f | pkcs12keyPass "päss" }}', { f: file })).toMatch(/^-----BEGIN PRIVATE KEY/)
  })

  it('gives nothing under another password, and the error does not say which', () => {
    const failure = (): string => run('{{ .f | pkcs12keyPass "canary-9" }}', { f: file })
    expect(failure).toThrow('decryption password incorrect')
    expect(failure).not.toThrow('canary-9')
  })

  it('is refused wherever a byte of it is broken or missing, and never crashes', () => {
    for (let at = 0; at < file.length; at += 13) {
      const broken = Buffer.from(file)
      broken[at] = broken[at]! ^ 0x55
      for (const bytes of [broken, file.subarray(0, at)]) {
        try {
          run('{{ .f | pkcs12keyPass "päss" }}', { f: bytes })
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TemplateFault)
        }
      }
    }
  })
})

describe('the rounds that a PKCS#12 file asks for', () => {
  const file = Buffer.from(run(bundle), 'base64')

  it('count as work, those of the MAC and of both encrypted parts', () => {
    const spent: number[] = []
    readPkcs12(file, 'päss', (bytes) => spent.push(bytes))
    expect(spent).toEqual([2_048 * 16, 2_048 * 6, 2_048 * 6])
  })

  it('are not run when there is no work left for them', () => {
    const spend = (): void => {
      throw new FunctionError('makes too much', 'limit')
    }
    expect(() => readPkcs12(file, 'päss', spend)).toThrow('makes too much')
    // One more file than the work of a rendering is for; each is opened anew.
    const opening =
      '{{ range until 16 }}{{ pkcs12keyPass "päss" $.f }}{{ pkcs12keyPass "päss" $.g }}{{ end }}'
    const other = Buffer.from(run(bundle), 'base64')
    expect(() => run(opening, { f: file, g: other })).toThrow('makes more than')
  })
})

it('needs randomness that is given, and says so without it', () => {
  const template = parseTemplate('{{ genPrivateKey "rsa" }}', { engine: 'eso' })
  expect(() => render(template, new Map())).toThrow('key generation is not available here')
})

it('stops a template that makes key after key', () => {
  expect(() => run('{{ range until 100 }}{{ bcrypt "x" }}{{ end }}')).toThrow('makes more than')
})
