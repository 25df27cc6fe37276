import { concatBytes, Fault } from '#base'
import { fromBech32, toBech32 } from './bech32.ts'
import type { BoxCrypto } from './crypto.ts'

/** The one suite there is; 2 is reserved for X-Wing. */
export const suite = 1

/** A public key that values are sealed to. */
export interface Recipient {
  readonly suite: typeof suite
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array
}

const prefix = 'lockstep'

/** First 8 bytes of SHA-256 over the suite's number and the public key. */
export async function keyIdOf(crypto: BoxCrypto, recipient: Recipient): Promise<Uint8Array> {
  const named = concatBytes([Uint8Array.of(recipient.suite), recipient.publicKey])
  return (await crypto.sha256(named)).subarray(0, 8)
}

/** `lockstep1…`, safe to copy by hand: a typing error is seen. */
export function recipientText(recipient: Recipient): string {
  return toBech32(prefix, concatBytes([Uint8Array.of(recipient.suite), recipient.publicKey]))
}

/** The recipient of a text. @throws Fault InvalidSpec. */
export function parseRecipient(text: string): Recipient {
  const bytes = fromBech32(prefix, text)
  if (bytes === undefined || bytes.length !== 33 || bytes[0] !== suite) {
    throw new Fault('InvalidSpec', 'not a recipient', {
      hint: 'a recipient begins with lockstep1; copy it whole',
    })
  }
  return { suite, publicKey: bytes.slice(1) }
}
