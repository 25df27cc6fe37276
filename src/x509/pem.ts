import { base64, fromBase64 } from '#base'

/** One block of a PEM text. */
export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY` … */
  readonly label: string
  readonly bytes: Uint8Array
}

/** PEM text of one block, 64 characters to a line, with a newline at the end. */
export function pemOf(label: string, bytes: Uint8Array): string {
  const lines = base64(bytes).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\s]*)-----END \1-----/g

/** The blocks of a PEM text in order. What stands between them, or is no block, is passed over. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  for (const [, label, body] of text.matchAll(block)) {
    const bytes = fromBase64((body ?? '').replace(/\s/g, ''))
    if (label !== undefined && bytes !== undefined) blocks.push({ label, bytes })
  }
  return blocks
}
