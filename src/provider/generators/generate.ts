/**
 * Values that are made rather than read: the generators that need nobody else.
 *
 * What External Secrets' generators give under which keys, with its defaults and its words where it refuses.
 */
import type { FakeSpec, PasswordSpec, SshKeySpec } from '#api'
import { Fault, utf8, type Env } from '#base'
import { passwords } from './password.ts'
import { sshKeyTask, type SshKeyInput } from './ssh-key-task.ts'

/** A generator, ready to be asked. */
export type Generator =
  | { readonly kind: 'Password'; readonly spec: Partial<PasswordSpec> }
  | { readonly kind: 'SSHKey'; readonly spec: SshKeySpec }
  | { readonly kind: 'UUID' }
  | { readonly kind: 'Fake'; readonly spec: FakeSpec }

/** The kinds that are built; those that call out are not. */
export type GeneratorKind = Generator['kind']

/** What making values needs of the world. */
export type GenerateEnv = Pick<Env, 'entropy' | 'compute'>

/**
 * New values by key: others each time, except of a Fake.
 *
 * @throws Fault InvalidSpec, in the peer's words, that quotes nothing of what was made.
 */
export async function generate(
  generator: Generator,
  env: GenerateEnv,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  switch (generator.kind) {
    case 'Password':
      return passwords(generator.spec, env)
    case 'SSHKey':
      return await sshKey(generator.spec, env, signal)
    case 'UUID':
      return new Map([['uuid', utf8(env.entropy.uuid())]])
    case 'Fake':
      return fixed(generator.spec)
  }
}

function fixed({ data = {} }: FakeSpec): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(data).map(([key, text]) => [key, utf8(text)]))
}

/** A key of 8,192 bits takes half a minute on a slow machine, and now and then several times that. */
const keyTimeoutMs = 300_000

async function sshKey(
  spec: SshKeySpec,
  { entropy, compute }: GenerateEnv,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const kind = keyKindOf(spec)
  const check = new DataView(entropy.bytes(4).buffer).getUint32(0)
  const { comment = '' } = spec
  const options = { signal, timeoutMs: keyTimeoutMs }
  const { privateKey, publicKey } = await compute.run(sshKeyTask, { kind, comment, check }, options)
  return new Map([
    ['privateKey', utf8(privateKey)],
    ['publicKey', utf8(publicKey)],
  ])
}

const leastBits = 1024
/** What the definition allows; a cluster may have one that says less. */
const mostBits = 8192
const curves = { 256: 'P-256', 384: 'P-384', 521: 'P-521' } as const

function keyKindOf({ keyType = 'rsa', keySize }: SshKeySpec): SshKeyInput['kind'] {
  switch (keyType) {
    case 'ed25519':
      return { type: 'ed25519' }
    case 'ecdsa':
      return { type: 'ecdsa', curve: curves[keySize as keyof typeof curves] ?? 'P-256' }
    case 'rsa': {
      const bits = keySize ?? 2048
      if (bits >= leastBits && bits <= mostBits) return { type: 'rsa', bits }
      throw unable(
        bits < leastBits
          ? `crypto/rsa: ${bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`
          : `keys of more than ${mostBits} bits are not made`,
      )
    }
    default:
      throw unable(`unsupported key type: ${String(keyType)}`)
  }
}

function unable(why: string): Fault {
  return new Fault('InvalidSpec', `unable to generate SSH key: ${why}`, {
    hint: 'Change the spec of the generator.',
  })
}
