/** Object identifiers of RFC 7292 and what it builds on. */
export const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  javaTrustStore: '2.16.840.1.113894.746875.1.1',
  anyExtendedKeyUsage: '2.5.29.37.0',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const

/** Hashes of a file's MAC. */
export const macHashes: ReadonlyMap<string, { readonly name: string; readonly bytes: number }> =
  new Map([
    ['1.3.14.3.2.26', { name: 'sha1', bytes: 20 }],
    [oids.sha256, { name: 'sha256', bytes: 32 }],
    ['2.16.840.1.101.3.4.2.3', { name: 'sha512', bytes: 64 }],
  ])
