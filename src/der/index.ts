export { DerReader, readDer, tags, type DerElement, type Malformed } from './read.ts'
export {
  bitString,
  booleanTrue,
  derNull,
  element,
  nameString,
  objectIdentifier,
  octetString,
  sequence,
  set,
  smallInteger,
  time,
  unsignedInteger,
} from './write.ts'
