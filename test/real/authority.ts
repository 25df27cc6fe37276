import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Env } from '#base'
import { generateKeyTask, makeCertificate, makeSelfSigned, type Issuer } from '#x509'

/** A certificate authority of one test run. */
export interface Authority {
  /** PEM of the authority's own certificate. */
  readonly certificate: string
  /** Makes a certificate and its key, PEM. */
  issue(request: {
    readonly use: 'server' | 'client'
    readonly commonName: string
    readonly organizations?: readonly string[]
    readonly names?: readonly string[]
  }): Promise<{ readonly cert: string; readonly key: string }>
}

const dayMs = 86_400_000

/** A fresh authority, good for two days. */
export async function createAuthority(env: Env, commonName: string): Promise<Authority> {
  const lifetime = { notBeforeMs: env.clock.now() - dayMs, notAfterMs: env.clock.now() + 2 * dayMs }
  const own = await env.compute.run(generateKeyTask, { type: 'ec' })
  const request = { use: 'ca', commonName, ...lifetime } as const
  const certificate = await makeSelfSigned(env, request, own)
  const issuer: Issuer = {
    request: { ...request, publicKey: own.publicKey },
    privateKey: own.privateKey,
  }
  return {
    certificate,
    issue: async (asked) => {
      const pair = await env.compute.run(generateKeyTask, { type: 'ec' })
      const whole = { ...asked, ...lifetime, publicKey: pair.publicKey }
      return { cert: await makeCertificate(env, whole, issuer), key: pair.privateKey }
    },
  }
}

/** Writes a file that only we can read, and returns its path. */
export function writePrivate(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}
