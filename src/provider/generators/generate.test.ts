import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SshKeySpec } from '#api'
import { faultOf, textOf } from '#base'
import { realEnv, simEnv } from '#base/env'
import { generate, type Generator } from './generate.ts'
import { sshKeyTask } from './ssh-key-task.ts'

const env = realEnv()
const { signal } = new AbortController()

async function made(generator: Generator): Promise<Record<string, string>> {
  const found = await generate(generator, env, signal)
  return Object.fromEntries([...found].map(([key, value]) => [key, textOf(value)]))
}

async function refusal(spec: object): Promise<string> {
  return await made({ kind: 'SSHKey', spec }).then(
    () => 'nothing thrown',
    (thrown: unknown) => faultOf(thrown).message,
  )
}

describe('a generator', () => {
  it('UUID gives one of version 4, another each time', async () => {
    const [one, two] = [await made({ kind: 'UUID' }), await made({ kind: 'UUID' })]
    expect(one['uuid']).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(one).not.toEqual(two)
  })

  it('Fake gives what its spec says, whatever the keys are called', async () => {
    const data = JSON.parse('{"__proto__":"a","user":"ann","empty":""}') as Record<string, string>
    const found = await generate({ kind: 'Fake', spec: { data } }, env, signal)
    expect([...found].map(([key, value]) => [key, textOf(value)])).toEqual([
      ['__proto__', 'a'],
      ['user', 'ann'],
      ['empty', ''],
    ])
    expect(await made({ kind: 'Fake', spec: {} })).toEqual({})
  })

  it('Password gives the key password', async () => {
    expect(Object.keys(await made({ kind: 'Password', spec: {} }))).toEqual(['password'])
  })

  it.each<[string, SshKeySpec, string]>([
    ['ed25519', { keyType: 'ed25519', keySize: 4096 }, 'ssh-ed25519'],
    ['ecdsa on P-256', { keyType: 'ecdsa' }, 'ecdsa-sha2-nistp256'],
    ['ecdsa on P-384', { keyType: 'ecdsa', keySize: 384 }, 'ecdsa-sha2-nistp384'],
    ['ecdsa on P-521', { keyType: 'ecdsa', keySize: 521 }, 'ecdsa-sha2-nistp521'],
    [
      'ecdsa of any other size on P-256',
      { keyType: 'ecdsa', keySize: 4096 },
      'ecdsa-sha2-nistp256',
    ],
    ['rsa', { keySize: 1024 }, 'ssh-rsa'],
  ])('SSHKey gives a pair: %s', async (_name, spec, word) => {
    const { privateKey = '', publicKey = '', ...rest } = await made({ kind: 'SSHKey', spec })
    expect(rest).toEqual({})
    expect(publicKey).toMatch(new RegExp(`^${word} [A-Za-z0-9+/=]+\n$`))
    expect(privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/)
    // The public half stands in the private file, byte for byte.
    const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
    const file = Buffer.from(privateKey.split('\n').slice(1, -2).join(''), 'base64')
    expect(file.includes(blob)).toBe(true)
  })

  it('SSHKey of ed25519 gives two halves that belong together', async () => {
    const { privateKey = '' } = await made({ kind: 'SSHKey', spec: { keyType: 'ed25519' } })
    const file = Buffer.from(privateKey.split('\n').slice(1, -2).join(''), 'base64')
    const at = file.lastIndexOf(Buffer.from([0, 0, 0, 64])) + 4
    const [d, x] = [file.subarray(at, at + 32), file.subarray(at + 32, at + 64)]
    const open = { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') }
    const secret = { ...open, d: d.toString('base64url') }
    const said = Buffer.from('said')
    const signature = sign(null, said, createPrivateKey({ key: secret, format: 'jwk' }))
    expect(verify(null, said, createPublicKey({ key: open, format: 'jwk' }), signature)).toBe(true)
  })

  it('SSHKey puts the comment into both', async () => {
    const spec = { keyType: 'ed25519', comment: 'deploy@web' } as const
    const { privateKey = '', publicKey } = await made({ kind: 'SSHKey', spec })
    expect(publicKey).toMatch(/ deploy@web\n$/)
    expect(
      Buffer.from(privateKey.split('\n').slice(1, -2).join(''), 'base64').toString('latin1'),
    ).toContain('deploy@web')
  })

  it('SSHKey is 2,048 bits of rsa when nothing is said, made off the event loop', async () => {
    const asked: unknown[] = []
    const watched = {
      entropy: env.entropy,
      compute: {
        run: async <I, O>(task: { run: (input: I) => O | Promise<O> }, input: I): Promise<O> => {
          asked.push(task, input)
          return await task.run(input)
        },
      },
    }
    await generate({ kind: 'SSHKey', spec: {} }, watched, signal)
    expect(asked).toEqual([
      sshKeyTask,
      { kind: { type: 'rsa', bits: 2048 }, comment: '', check: expect.any(Number) },
    ])
  })

  it.each<[string, object, string]>([
    [
      'too short an rsa key',
      { keySize: 512 },
      'unable to generate SSH key: crypto/rsa: 512-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)',
    ],
    [
      'a key that takes for ever',
      { keySize: 65_536 },
      'unable to generate SSH key: keys of more than 8192 bits are not made',
    ],
    [
      'another kind of key',
      { keyType: 'dsa' },
      'unable to generate SSH key: unsupported key type: dsa',
    ],
  ])('SSHKey refuses %s', async (_name, spec, message) => {
    expect(await refusal(spec)).toBe(message)
  })

  it('stops when whoever asked wants out', async () => {
    const sim = simEnv(1)
    await sim.clock.run(async () => {
      const stop = new AbortController()
      stop.abort(new Error('enough'))
      const work = generate({ kind: 'SSHKey', spec: {} }, sim, stop.signal)
      await expect(work).rejects.toThrow('enough')
    })
  })
})
