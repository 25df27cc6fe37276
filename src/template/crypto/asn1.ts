import { DerReader, readDer as read } from '#der'

import { FunctionError } from '../template-fault.ts'

const malformed = (): FunctionError => new FunctionError('asn1: structure error')

/** Walks over DER that came out of data. It throws FunctionError where the bytes do not fit. */
export function derReader(bytes: Uint8Array): DerReader {
  return new DerReader(bytes, malformed)
}

/** Reads the only element of some bytes. @throws FunctionError also when something follows it. */
export function readDer(bytes: Uint8Array, tag: number): DerReader {
  return read(bytes, tag, malformed)
}
