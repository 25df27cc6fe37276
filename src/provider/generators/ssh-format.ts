/**
 * Keys as OpenSSH writes them: the file `openssh-key-v1`, unencrypted, and the line of authorized_keys.
 *
 * Source: PROTOCOL.key of OpenSSH; RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4.
 */
import { base64, concatBytes, utf8 } from '#base'

/** A private key by the names that JSON Web Keys have for its parts, each in base64url. */
export interface KeyParts {
  readonly kty?: string
  readonly crv?: string
  readonly [part: string]: unknown
}

/** What a key looks like on disk. */
export interface SshKeyTexts {
  readonly privateKey: string
  readonly publicKey: string
}

/**
 * Both texts of a key.
 *
 * @param check Any 32 bits; the format holds them twice, so that a wrong passphrase is noticed.
 */
export function sshKeyTexts(key: KeyParts, comment: string, check: number): SshKeyTexts {
  const { name, publicParts, privateParts } = partsOf(key)
  const blob = concatBytes([textField(name), ...publicParts])
  const inside = concatBytes([
    uint32(check),
    uint32(check),
    textField(name),
    ...privateParts,
    textField(comment),
  ])
  const file = concatBytes([
    utf8('openssh-key-v1\0'),
    textField('none'), // cipher
    textField('none'), // key derivation
    textField(''), // its options
    uint32(1), // keys in the file
    bytesField(blob),
    bytesField(padded(inside)),
  ])
  const line = `${name} ${base64(blob)}${comment === '' ? '' : ` ${comment}`}\n`
  const texts = { privateKey: pem(file), publicKey: line }
  inside.fill(0)
  file.fill(0)
  return texts
}

interface Parts {
  /** As in the first word of the public line. */
  readonly name: string
  readonly publicParts: readonly Uint8Array[]
  /** With the public ones, which stand there again. */
  readonly privateParts: readonly Uint8Array[]
}

const curves: Readonly<Record<string, string>> = {
  'P-256': 'nistp256',
  'P-384': 'nistp384',
  'P-521': 'nistp521',
}

function partsOf(key: KeyParts): Parts {
  const part = (name: string): Uint8Array => bytesOf(key[name])
  if (key.kty === 'RSA') {
    const [n, e, d] = [number(part('n')), number(part('e')), number(part('d'))]
    const [qi, p, q] = [number(part('qi')), number(part('p')), number(part('q'))]
    return { name: 'ssh-rsa', publicParts: [e, n], privateParts: [n, e, d, qi, p, q] }
  }
  if (key.kty === 'OKP') {
    const open = bytesField(part('x'))
    const secret = bytesField(concatBytes([part('d'), part('x')]))
    return { name: 'ssh-ed25519', publicParts: [open], privateParts: [open, secret] }
  }
  const curve = curves[key.crv ?? ''] ?? ''
  // Uncompressed; the parts come padded to the curve's width.
  const point = bytesField(concatBytes([Uint8Array.of(4), part('x'), part('y')]))
  const publicParts = [textField(curve), point]
  const privateParts = [...publicParts, number(part('d'))]
  return { name: `ecdsa-sha2-${curve}`, publicParts, privateParts }
}

function bytesOf(part: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(typeof part === 'string' ? part : '', 'base64url'))
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

function bytesField(bytes: Uint8Array): Uint8Array {
  return concatBytes([uint32(bytes.length), bytes])
}

function textField(text: string): Uint8Array {
  return bytesField(utf8(text))
}

/** A positive number without leading zeros, but with one where it would look negative. */
function number(bytes: Uint8Array): Uint8Array {
  let from = 0
  while (from < bytes.length && bytes[from] === 0) from++
  const bare = bytes.subarray(from)
  const isHigh = ((bare[0] ?? 0) & 0x80) !== 0
  return bytesField(isHigh ? concatBytes([Uint8Array.of(0), bare]) : bare)
}

/** Filled up to blocks of 8 bytes with 1, 2, 3 … */
function padded(bytes: Uint8Array): Uint8Array {
  const missing = (8 - (bytes.length % 8)) % 8
  return concatBytes([bytes, Uint8Array.from({ length: missing }, (_, i) => i + 1)])
}

/** In lines of 64, as the peer writes it. */
function pem(bytes: Uint8Array): string {
  const lines = base64(bytes).match(/.{1,64}/g) ?? []
  const name = 'OPENSSH PRIVATE KEY'
  return [`-----BEGIN ${name}-----`, ...lines, `-----END ${name}-----`, ''].join('\n')
}
