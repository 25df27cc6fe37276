export { generateKeyTask, type KeyKind, type KeyPair } from './key-task.ts'
export {
  makeCertificate,
  makeSelfSigned,
  type CertificateRequest,
  type CertificateUse,
  type Issuer,
} from './make-certificate.ts'
export { pemBlocks, pemOf, type PemBlock } from './pem.ts'
export { readCertificate, type Certificate } from './read-certificate.ts'
