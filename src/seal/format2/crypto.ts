/** The primitives of format 2; asynchronous, so that WebCrypto fits behind it as well. */
export interface BoxCrypto {
  /** `size` unpredictable bytes. */
  random(size: number): Uint8Array
  sha256(bytes: Uint8Array): Promise<Uint8Array>
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array>
  /** The X25519 public key of a private one; 32 bytes each. */
  publicKeyOf(privateKey: Uint8Array): Promise<Uint8Array>
  /** X25519 (RFC 7748 §6.1), or null where the result would be all zeros. */
  agree(privateKey: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array | null>
}
