/** The order of a certificate chain, by key identifiers as External Secrets does it. */
import { FunctionError } from '../template-fault.ts'
import type { Certificate } from './certificate.ts'

/** Leaf first. @throws FunctionError when the certificates are not one chain. */
export function orderChain(certificates: readonly Certificate[]): readonly Certificate[] {
  const parentOf = new Map<Certificate, Certificate>()
  for (const one of certificates) {
    const parent = certificates.find((other) => other !== one && isIssuedBy(one, other))
    if (parent !== undefined) parentOf.set(one, parent)
  }
  const parents = new Set(parentOf.values())
  const leaves = certificates.filter((one) => !parents.has(one))
  if (leaves.length > 1) {
    throw new FunctionError('found multiple leaf or disjunct certificates')
  }
  if (leaves.length === 0) throw new FunctionError('no leaf certificate found')
  const chain: Certificate[] = []
  for (let at = leaves[0]; at !== undefined; at = parentOf.get(at)) {
    if (chain.length === certificates.length) {
      throw new FunctionError('constructed chain is cyclic')
    }
    chain.push(at)
  }
  return chain
}

/** Absent and empty identifiers are alike: two certificates without any issue each other. */
function isIssuedBy(one: Certificate, other: Certificate): boolean {
  return (one.authorityKeyId ?? '') === (other.subjectKeyId ?? '')
}

/** Whether a certificate names no issuer other than itself. */
export function isRoot({ authorityKeyId, subjectKeyId }: Certificate): boolean {
  return authorityKeyId === undefined || authorityKeyId === (subjectKeyId ?? '')
}
