/** What people have in a simulation, and what of it stands where. */
import { readFileSync } from 'node:fs'
import { base64, utf8 } from '#base'
import { simEnv } from '#base/env'
import { labelOf, nodeSealCrypto, rsaCertificateOf, sealBytes } from '#seal'
import { tokenCanary } from '../canary.ts'

/** Every value that is planted begins with it. */
export const mark: string = tokenCanary('simulated')

const keys = new URL('../conformance/sealed-secret/keys/', import.meta.url)
export const certificate: string = readFileSync(new URL('c.crt', keys), 'utf8')
export const privateKey: string = readFileSync(new URL('c.key', keys), 'utf8')
/** Well into the life of the sealing key, so that no other is made (which is not seeded), however clocks jump. */
export const startMs: number = Date.UTC(2020, 0, 11)

export const system = 'lockstep-system'
export const namespace = 'web'
export const sealedVersions = 4

/** An ExternalSecret that somebody wants. */
export interface Wanted {
  readonly name: string
  readonly target: string
  /** Key of the Secret, and where it comes from as `path.property`. */
  readonly data: Readonly<Record<string, string>>
  readonly creation: string
  readonly deletion: string
  readonly interval: string
  readonly find?: boolean
}

/** The value that stands for a version of an entry. */
export function valueOf(origin: string, version: number): string {
  return `${mark}:${origin}:${version}:`
}

/** An entry of Vault as it holds it. */
export function dataOf(path: string, entry: ReadonlyMap<string, number>): Record<string, string> {
  return Object.fromEntries(
    [...entry].map(([property, version]) => [property, valueOf(`${path}.${property}`, version)]),
  )
}

/** The tree of Git; its folder is there even when nothing else is. */
export function filesOf(versions: ReadonlyMap<string, number>): Record<string, string> {
  const files: Record<string, string> = { 'deploy/README.md': '' }
  for (const [name, version] of versions) {
    files[`deploy/${name}.yaml`] = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace, name },
      data: { version: String(version) },
    })
  }
  return files
}

/** The SealedSecrets that people make. */
export const sealedNames = ['sealed', 'other', 'foreign'] as const

// Sealed before the first run: sealing draws on OpenSSL's own randomness, and takes turns of the loop that a
// second run in the same process would not take.
const sealedValues = new Map<string, string>()
const crypto = nodeSealCrypto(simEnv(1).entropy)
const { publicKey } = rsaCertificateOf(certificate)
for (const name of sealedNames) {
  for (let version = 1; version <= sealedVersions; version++) {
    const value = valueOf(`sealed/${name}.key`, version)
    const label = labelOf('strict', namespace, name)
    sealedValues.set(value, base64(await sealBytes(crypto, publicKey, label, utf8(value))))
  }
}

/** A sealed value of that version, from 1 to {@link sealedVersions}. */
export function sealedValue(name: string, version: number): string {
  const found = sealedValues.get(valueOf(`sealed/${name}.key`, version))
  if (found === undefined) throw new Error(`${name} is not sealed in version ${version}`)
  return found
}
