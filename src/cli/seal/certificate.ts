import { concatBytes, Fault, faultOf, textOf } from '#base'
import { rsaCertificateOf } from '#seal'
import type { CliIo } from '../io.ts'

const maxBytes = 1_048_576

/**
 * The public key of the certificate at a path or URL (http, https, file).
 *
 * @returns SubjectPublicKeyInfo, DER.
 * @throws Fault: NotFound, Unavailable, InvalidSpec (no certificate, not RSA, expired).
 */
export async function recipientFrom(
  source: string,
  io: CliIo,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return recipientOf(textOf(await certificateBytes(source, io, signal)), io)
}

/**
 * The public key of the first certificate in a PEM text, if one may still seal to it.
 *
 * @throws Fault InvalidSpec in kubeseal's words, the date as it writes it.
 */
export function recipientOf(pem: string, io: CliIo): Uint8Array {
  const certificate = rsaCertificateOf(pem)
  if (io.env.clock.now() > certificate.notAfterMs) {
    throw new Fault(
      'InvalidSpec',
      `failed to encrypt using an expired certificate on ${dateText(certificate.notAfter)}`,
      { hint: 'fetch the cluster’s present one: lockstep seal --fetch-cert -w FILE' },
    )
  }
  return certificate.publicKey
}

/** `January 1, 2011` of an RFC 3339 time. */
function dateText(rfc3339: string): string {
  const [year = '', month = '', day = ''] = rfc3339.slice(0, 10).split('-')
  return `${months[Number(month) - 1]} ${Number(day)}, ${Number(year)}`
}

const months =
  'January February March April May June July August September October November December'.split(' ')

function certificateBytes(source: string, io: CliIo, signal: AbortSignal): Promise<Uint8Array> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):\/\//.exec(source)?.[1]?.toLowerCase()
  switch (scheme) {
    case undefined:
      return fromFile(source, io)
    case 'file':
      return fromFile(decodeURIComponent(new URL(source).pathname), io)
    case 'http':
    case 'https':
      return fromUrl(source, io, signal)
    default:
      throw new Fault('Unsupported', `cannot read a certificate from ${scheme}:`, {
        hint: 'give a file, or an http: or https: URL',
      })
  }
}

async function fromFile(path: string, io: CliIo): Promise<Uint8Array> {
  const bytes = await io.env.fs.read(absolute(path, io), { maxBytes })
  if (bytes === null) {
    throw new Fault('NotFound', `open ${path}: no such file or directory`, {
      hint: 'check --cert; `lockstep seal --fetch-cert -w FILE` makes such a file',
    })
  }
  return bytes
}

/** A path of the user's, seen from where the command runs. */
export function absolute(path: string, io: CliIo): string {
  return path.startsWith('/') ? path : `${io.cwd}/${path}`
}

async function fromUrl(url: string, io: CliIo, signal: AbortSignal): Promise<Uint8Array> {
  const shown = url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '')
  const pool = io.env.net.pool({ maxConnections: 1 })
  try {
    const answer = await pool.request({ method: 'GET', url, signal })
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of answer.body) {
      size += part.length
      if (size > maxBytes) throw new Fault('TooLarge', `${shown} is no certificate: too large`)
      parts.push(part)
    }
    if (answer.status !== 200) {
      throw new Fault('NotFound', `cannot fetch ${shown}: the server answered ${answer.status}`, {
        hint: 'check the URL of --cert',
      })
    }
    return concatBytes(parts)
  } catch (thrown) {
    const fault = faultOf(thrown)
    if (fault.reason !== 'Unavailable' && fault.reason !== 'Timeout') throw fault
    throw new Fault(fault.reason, `Get "${shown}": ${fault.message}`, {
      hint: 'check the URL of --cert and that its server is reachable from here',
      cause: fault,
    })
  } finally {
    await pool.close()
  }
}
