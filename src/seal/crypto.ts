/**
 * The primitives that sealing stands on. Asynchronous, so that a browser's WebCrypto and a worker
 * thread fit behind it as well as node:crypto.
 */
export interface SealCrypto {
  /** `size` unpredictable bytes. */
  random(size: number): Uint8Array
  /**
   * RSA-OAEP with SHA-256 (also for MGF1) and a label.
   *
   * @param publicKey SubjectPublicKeyInfo, DER.
   * @throws Fault InvalidSpec when it is no RSA key.
   */
  wrap(publicKey: Uint8Array, label: Uint8Array, key: Uint8Array): Promise<Uint8Array>
  /** AES-256-GCM with twelve zero bytes as nonce and no additional data: ciphertext, then a 16-byte tag. */
  encrypt(key: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>
}

/** What opening needs beyond sealing; `PrivateKey` is whatever the implementation holds keys in. */
export interface OpenCrypto<PrivateKey> {
  /** The wrapped key, or null when this private key and label do not open it. */
  unwrap(privateKey: PrivateKey, label: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array | null>
  /** The plaintext, or null when the 16-byte tag at the end does not prove it: never a part of it. */
  decrypt(key: Uint8Array, ciphertextAndTag: Uint8Array): Promise<Uint8Array | null>
}
