import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { simEnv } from '#base/env'
import { generateKeyTask, type KeyPair } from './key-task.ts'
import { makeCertificate, makeSelfSigned, type CertificateRequest } from './make-certificate.ts'
import { readCertificate } from './read-certificate.ts'

const start = Date.UTC(2026, 0, 1)
const year = 365 * 24 * 3_600_000
const env = {
  ...simEnv(1),
  compute: { run: async (task, input) => task.run(input) },
} as ReturnType<typeof simEnv>

function keyOf(kind: Parameters<typeof generateKeyTask.run>[0]): KeyPair {
  return generateKeyTask.run(kind) as KeyPair
}

const rsa = keyOf({ type: 'rsa', bits: 2048 })

describe('a sealing certificate', () => {
  it('has an empty name, ten years, a critical encipherOnly and CA:TRUE, and its own signature', async () => {
    const pem = await makeSelfSigned(
      env,
      { use: 'sealing', notBeforeMs: start, notAfterMs: start + 10 * year },
      rsa,
    )
    const certificate = new X509Certificate(pem)
    expect(certificate.subject ?? '').toBe('')
    expect(certificate.subject).toBe(certificate.issuer)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.checkPrivateKey(createPrivateKey(rsa.privateKey))).toBe(true)
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(10 * year)
    const hex = certificate.raw.toString('hex')
    expect(hex).toContain('300e0603551d0f0101ff040403020001') // key usage, critical, bit 7
    expect(hex).toContain('300f0603551d130101ff040530030101ff') // basic constraints, critical
    expect(readCertificate(pem)).toMatchObject({ keyType: 'rsa', bits: 2048, notBeforeMs: start })
  })

  it('carries the subject key id that Go computes', async () => {
    const { readFileSync } = await import('node:fs')
    const known = readFileSync(
      new URL('../../test/conformance/sealed-secret/keys/a.crt', import.meta.url),
      'utf8',
    )
    const publicKey = readCertificate(known)?.publicKey as Uint8Array
    const pem = await makeCertificate(
      env,
      { use: 'sealing', publicKey, notBeforeMs: start, notAfterMs: start + year },
      {
        request: { use: 'sealing', publicKey, notBeforeMs: start, notAfterMs: start },
        privateKey: rsa.privateKey,
      },
    )
    const id = /0603551d0e04160414(.{40})/
    const hexOf = (text: string): string => new X509Certificate(text).raw.toString('hex')
    expect(id.exec(hexOf(pem))?.[1]).toBe(id.exec(hexOf(known))?.[1])
  })

  it('writes dates beyond 2049 so that they read back', async () => {
    const notAfterMs = Date.UTC(2061, 5, 1)
    const pem = await makeSelfSigned(
      env,
      { use: 'sealing', commonName: 'Prüfung', notBeforeMs: start, notAfterMs },
      rsa,
    )
    expect(readCertificate(pem)?.notAfterMs).toBe(notAfterMs)
    expect(new X509Certificate(pem).subject).toContain('Prüfung')
  })
})

describe.each(['ec', 'rsa'] as const)('TLS certificates with %s keys', (type) => {
  const kind = type === 'ec' ? ({ type } as const) : ({ type, bits: 2048 } as const)

  it('verify against their authority, for the names and uses they were made for', async () => {
    const caKey = keyOf(kind)
    const ca: CertificateRequest = {
      use: 'ca',
      publicKey: caKey.publicKey,
      commonName: 'demo',
      notBeforeMs: start,
      notAfterMs: start + year,
    }
    const issuer = { request: ca, privateKey: caKey.privateKey }
    const authority = new X509Certificate(await makeCertificate(env, ca, issuer))
    const server = new X509Certificate(
      await makeCertificate(
        env,
        {
          use: 'server',
          publicKey: keyOf(kind).publicKey,
          names: ['localhost', '*.demo.test', '127.0.0.1', '::1', 'fe80::1:2'],
          notBeforeMs: start,
          notAfterMs: start + year,
        },
        issuer,
      ),
    )
    const client = new X509Certificate(
      await makeCertificate(
        env,
        {
          use: 'client',
          publicKey: keyOf(kind).publicKey,
          commonName: 'admin',
          organizations: ['system:masters'],
          notBeforeMs: start,
          notAfterMs: start + year,
        },
        issuer,
      ),
    )
    expect(server.verify(authority.publicKey)).toBe(true)
    expect(server.checkIssued(authority)).toBe(true)
    expect(client.checkIssued(authority)).toBe(true)
    expect(server.checkHost('localhost')).toBe('localhost')
    expect(server.checkHost('a.demo.test')).toBe('*.demo.test')
    expect(server.checkHost('elsewhere')).toBeUndefined()
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(server.checkIP('::1')).toBeDefined()
    expect(server.subjectAltName).toContain('FE80:0:0:0:0:0:1:2')
    expect(client.subject.split('\n')).toEqual(['O=system:masters', 'CN=admin'])
    expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  })
})

it('refuses a name that is neither DNS name nor address', async () => {
  await expect(
    makeSelfSigned(
      env,
      { use: 'server', names: ['not a name'], notBeforeMs: start, notAfterMs: start + year },
      rsa,
    ),
  ).rejects.toMatchObject({ reason: 'InvalidSpec' })
})

it('reads as no certificate what is none', () => {
  expect(readCertificate('')).toBeUndefined()
  expect(readCertificate(rsa.privateKey)).toBeUndefined()
  expect(
    readCertificate('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'),
  ).toBeUndefined()
})
