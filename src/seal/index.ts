export { sealedBytes } from './base64.ts'
export type { OpenCrypto, SealCrypto } from './crypto.ts'
export { openBytes, partsOf, sealBytes, type Parts } from './format1.ts'
export { KeyRing } from './key-ring.ts'
export { openValues } from './open-values.ts'
export { nodeSealCrypto } from './node-crypto.ts'
export {
  isSet,
  labelOf,
  marks,
  parseScope,
  scopeAnnotations,
  scopeOf,
  scopes,
  type Scope,
} from './scope.ts'
export {
  certifiedKeyOf,
  rsaCertificateOf,
  sealingKeyOf,
  type CertifiedKey,
  type SealingKey,
} from './sealing-key.ts'
export { webOpenCrypto, webSealCrypto, type Subtle } from './web-crypto.ts'
export type { BoxCrypto } from './format2/crypto.ts'
export { nodeBoxCrypto } from './format2/node-crypto.ts'
export { keyIdOf, parseRecipient, recipientText, type Recipient } from './format2/recipient.ts'
export { isFormat2, openValue2, sealValue2, type Bound } from './format2/value.ts'
export { webBoxCrypto } from './format2/web-crypto.ts'
