/** Held against files that ssh-keygen of OpenSSH 9 wrote; made for this test, of no other use. */
import { describe, expect, it } from 'vitest'
import { sshKeyTexts, type KeyParts } from './ssh-format.ts'

/** Name, file without its frame, public line. */
const written: readonly (readonly [string, string, string])[] = [
  [
    'Ed25519',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQAAACD0lbOjT/vJolaEM710s5xJUWkgt6wOLMWtWVflrjs3dAAAAJDNLHLMzSxyzAAAAAtzc2gtZWQyNTUxOQAAACD0lbOjT/vJolaEM710s5xJUWkgt6wOLMWtWVflrjs3dAAAAEAJ3GEL4IAVK+Ch5LrIEoeCsh7BUXIVtO79lBvKb88pUfSVs6NP+8miVoQzvXSznElRaSC3rA4sxa1ZV+WuOzd0AAAACXdob0B3aGVyZQECAwQ=',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPSVs6NP+8miVoQzvXSznElRaSC3rA4sxa1ZV+WuOzd0 who@where',
  ],
  [
    'Ed25519 without a comment',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQAAACDMsC/LFzKKllZA2zwQDtqCPp/2AwWJNF6su5ILoLgXkwAAAIg89AYbPPQGGwAAAAtzc2gtZWQyNTUxOQAAACDMsC/LFzKKllZA2zwQDtqCPp/2AwWJNF6su5ILoLgXkwAAAEC9QN5CpLzFnLNl9YsUDRXhoqfVlEoLdt6tLzV/rSxhU8ywL8sXMoqWVkDbPBAO2oI+n/YDBYk0Xqy7kguguBeTAAAAAAECAwQF',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMywL8sXMoqWVkDbPBAO2oI+n/YDBYk0Xqy7kguguBeT',
  ],
  [
    'ECDSA on P-256',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQQpt9S5wwNP3FWDjUuO6YqQ9fsr1HJGzBKDTv/F+xOucFy68bvTpNM2HnT9GORAoG+4z/WexJ/X0DoPAdcknjFeAAAAqHo5gGR6OYBkAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCm31LnDA0/cVYONS47pipD1+yvUckbMEoNO/8X7E65wXLrxu9Ok0zYedP0Y5ECgb7jP9Z7En9fQOg8B1ySeMV4AAAAgU/GYWSdh8S5rMoKf85mmAsi6mwe89RlEvHIGENyyP48AAAAJd2hvQHdoZXJlAQIDBAUGBw==',
    'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCm31LnDA0/cVYONS47pipD1+yvUckbMEoNO/8X7E65wXLrxu9Ok0zYedP0Y5ECgb7jP9Z7En9fQOg8B1ySeMV4= who@where',
  ],
  [
    'ECDSA on P-384',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAiAAAABNlY2RzYS1zaGEyLW5pc3RwMzg0AAAACG5pc3RwMzg0AAAAYQRULv6gzy5ZmsVEAHH5J+cV4GKMYgRgoemwZjoATUmF6CzM6X6taBZMSijY7GbR1NO8Eu9Gn7jr7qZsFNZO+nMfn1LoVMYWJWrdhWHfEi3fWfE7NZbxVZ3ex1EGF0PgTjYAAADYfHU9L3x1PS8AAAATZWNkc2Etc2hhMi1uaXN0cDM4NAAAAAhuaXN0cDM4NAAAAGEEVC7+oM8uWZrFRABx+SfnFeBijGIEYKHpsGY6AE1JhegszOl+rWgWTEoo2Oxm0dTTvBLvRp+46+6mbBTWTvpzH59S6FTGFiVq3YVh3xIt31nxOzWW8VWd3sdRBhdD4E42AAAAMQDpjiBNNUSQptn0ymjzz01txDhd9QxCa+3tqly84SO3YZGUBVxP+d7/agouMaZ3eDgAAAAJd2hvQHdoZXJlAQIDBAUG',
    'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBFQu/qDPLlmaxUQAcfkn5xXgYoxiBGCh6bBmOgBNSYXoLMzpfq1oFkxKKNjsZtHU07wS70afuOvupmwU1k76cx+fUuhUxhYlat2FYd8SLd9Z8Ts1lvFVnd7HUQYXQ+BONg== who@where',
  ],
  [
    'ECDSA on P-521',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAArAAAABNlY2RzYS1zaGEyLW5pc3RwNTIxAAAACG5pc3RwNTIxAAAAhQQBxBOkW/iRshE+4ujXTb6PxK4dm1GZzI2vHbYRltAig8u66z7Bu0cRoqU4TK9Y2OXzOLZaz3vHTta67RaBWMMVZVYBVl+cBp3w4HJofHZwpbcEZ5eimBOZ+g/dkuQZ9bZTnIRQf9MoTI9IXe7D/nwjL+2pxNbu7vhW5xgcT4iSmm4jIAoAAAEICcRuHwnEbh8AAAATZWNkc2Etc2hhMi1uaXN0cDUyMQAAAAhuaXN0cDUyMQAAAIUEAcQTpFv4kbIRPuLo102+j8SuHZtRmcyNrx22EZbQIoPLuus+wbtHEaKlOEyvWNjl8zi2Ws97x07Wuu0WgVjDFWVWAVZfnAad8OByaHx2cKW3BGeXopgTmfoP3ZLkGfW2U5yEUH/TKEyPSF3uw/58Iy/tqcTW7u74VucYHE+IkppuIyAKAAAAQgHnvSmm6WdBU4AP+OZ2vzShiz4VZCBwpknY2d1WEc6eKVcdXQ46NVu6rQUe62WHId3Ae1QBw4boCpzheyb4ZFB6egAAAAl3aG9Ad2hlcmUB',
    'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAHEE6Rb+JGyET7i6NdNvo/Erh2bUZnMja8dthGW0CKDy7rrPsG7RxGipThMr1jY5fM4tlrPe8dO1rrtFoFYwxVlVgFWX5wGnfDgcmh8dnCltwRnl6KYE5n6D92S5Bn1tlOchFB/0yhMj0hd7sP+fCMv7anE1u7u+FbnGBxPiJKabiMgCg== who@where',
  ],
  [
    'RSA',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAlwAAAAdzc2gtcnNhAAAAAwEAAQAAAIEAxd4rAW3BpLSVySPori1LStCLel8l9GTBicCwXCK2PvAaIbCiTDwfPqjcrE35BPgB0OqbBNdycghW+IIJfwQtiVwkyOU7+idYUSjJEGG55b4M+UmHD7CTRSGkEf9oN7lK1Socswh/j7m+SRv6tlBaDoc0qhBh7f5arNej0vU0DF8AAAIAJU4s+CVOLPgAAAAHc3NoLXJzYQAAAIEAxd4rAW3BpLSVySPori1LStCLel8l9GTBicCwXCK2PvAaIbCiTDwfPqjcrE35BPgB0OqbBNdycghW+IIJfwQtiVwkyOU7+idYUSjJEGG55b4M+UmHD7CTRSGkEf9oN7lK1Socswh/j7m+SRv6tlBaDoc0qhBh7f5arNej0vU0DF8AAAADAQABAAAAgFw8YmO6HCiBHcmzeYWoC48Gg945eGHije1+6zcn3zibiDLoOd+7rvzwjl2rw0czrPUMR9ML84eAp7oUNAUHl4m8j438qUFobCpOy7ZU65PGE9/gCL+V8g4K1SiNB/oDjOXdnUKTAYmaagQFN+vtjq9GgodsjzmdQ7CI+JHi/s4BAAAAQH4VdbBpqi1uW0jyBRdsXUQI79qLBWiUtWuLMG79u4Sutb1/9BrIWTtmf/A0Z1TnlP41f3loJEU8zmHw+bgjhBAAAABBAOXlvCjOoy3aGh7paJHuUddlayqTl1z/RIfLNqwQvDZZmMWxblH5Xhi0aVR2cYd4HpDIAB3hsW6OvobgqZ9mTYEAAABBANxVc9aPtnSlDqPtDbhqpvnhaLb0JMIcBZZ8MvnGZ3zrBeczNOPOo8LUKBX8FsA/D/rVdgR6c/9rjJpChprdCd8AAAAJd2hvQHdoZXJlAQI=',
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDF3isBbcGktJXJI+iuLUtK0It6XyX0ZMGJwLBcIrY+8BohsKJMPB8+qNysTfkE+AHQ6psE13JyCFb4ggl/BC2JXCTI5Tv6J1hRKMkQYbnlvgz5SYcPsJNFIaQR/2g3uUrVKhyzCH+Pub5JG/q2UFoOhzSqEGHt/lqs16PS9TQMXw== who@where',
  ],
]

/** Fields one after another: a length in 32 bits, then so many bytes. */
class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes)
  }

  word(): number {
    this.#at += 4
    return this.#bytes.readUInt32BE(this.#at - 4)
  }

  bytes(): Buffer {
    const size = this.word()
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  skip(size: number): this {
    this.#at += size
    return this
  }

  rest(): readonly number[] {
    return [...this.#bytes.subarray(this.#at)]
  }
}

interface Read {
  readonly key: KeyParts
  readonly comment: string
  readonly check: number
  readonly padding: readonly number[]
}

function read(file: Uint8Array): Read {
  const outside = new Fields(file).skip('openssh-key-v1\0'.length)
  expect([outside.bytes(), outside.bytes(), outside.bytes()].map(String)).toEqual([
    'none',
    'none',
    '',
  ])
  expect(outside.word()).toBe(1)
  outside.bytes()
  const inside = new Fields(outside.bytes())
  const check = inside.word()
  expect(inside.word()).toBe(check)
  const key = keyIn(inside)
  return { key, check, comment: inside.bytes().toString(), padding: inside.rest() }
}

function keyIn(fields: Fields): KeyParts {
  const name = fields.bytes().toString()
  const url = (bytes: Buffer): string => bytes.toString('base64url')
  if (name === 'ssh-ed25519') {
    const x = fields.bytes()
    return { kty: 'OKP', crv: 'Ed25519', x: url(x), d: url(fields.bytes().subarray(0, 32)) }
  }
  if (name === 'ssh-rsa') {
    const parts = ['n', 'e', 'd', 'qi', 'p', 'q'].map((part) => [part, url(fields.bytes())])
    return { kty: 'RSA', ...Object.fromEntries(parts) }
  }
  const crv = fields.bytes().toString().replace('nistp', 'P-')
  const point = fields.bytes().subarray(1)
  const half = point.length / 2
  const [x, y] = [point.subarray(0, half), point.subarray(half)]
  return { kty: 'EC', crv, x: url(x), y: url(y), d: url(fields.bytes()) }
}

function unframed(pem: string): Uint8Array {
  const lines = pem.split('\n')
  expect(lines[0]).toBe('-----BEGIN OPENSSH PRIVATE KEY-----')
  expect(lines.slice(-2)).toEqual(['-----END OPENSSH PRIVATE KEY-----', ''])
  expect(lines.every((line) => line.length <= 64)).toBe(true)
  return Buffer.from(lines.slice(1, -2).join(''), 'base64')
}

describe('a key in the format of OpenSSH', () => {
  it.each(written)('is what ssh-keygen writes: %s', (_name, file, line) => {
    const bytes = Buffer.from(file, 'base64')
    const { key, comment, check, padding } = read(bytes)
    expect(padding).toEqual(padding.map((_, i) => i + 1))
    const { privateKey, publicKey } = sshKeyTexts(key, comment, check)
    expect(Buffer.from(unframed(privateKey))).toEqual(bytes)
    expect(publicKey).toBe(`${line}\n`)
  })

  it('writes numbers without leading zeros, and with one where they would look negative', () => {
    const short = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }
    const inside = (d: string): readonly number[] => {
      const { privateKey } = sshKeyTexts({ ...short, d }, '', 0)
      return [...Buffer.from(unframed(privateKey))]
    }
    const text = (bytes: readonly number[]): string => bytes.join(',')
    expect(text(inside('AAAB'))).toContain(text([0, 0, 0, 1, 1, 0, 0, 0, 0])) // 1, then no comment
    expect(text(inside('_w'))).toContain(text([0, 0, 0, 2, 0, 255])) // 255
  })
})
