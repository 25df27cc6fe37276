export {
  fromBytes,
  goBytes,
  goString,
  goText,
  isUtf8,
  runeAt,
  runeCount,
  runesOf,
  runeString,
  type ByteString,
  type Rune,
} from './byte-string.ts'
export { formatGoDuration, formatGoNanos, parseGoDuration, parseGoNanos } from './duration.ts'
export { formatExponent, formatGeneral, formatJsonNumber, formatPlain } from './float.ts'
export { dataHash, goValueOf, jsonHash, metadataHash, objectHash } from './hash.ts'
export { printValue } from './print.ts'
export {
  byteList,
  compareBytes,
  dict,
  GoInt,
  GoMap,
  GoNamed,
  GoObject,
  GoSlice,
  int,
  int64,
  list,
  mapOf,
  sliceOf,
  stringList,
  typeOf,
  types,
  type GoMethod,
  type GoType,
  type GoValue,
  type Kind,
} from './value.ts'
export { gjson, gjsonValid, type GjsonResult } from './gjson/index.ts'
export { GoRegexp, groupText, quoteMeta, type MatchIndex } from './regexp.ts'
export { decodeBase64, encodeBase64, type Decoded } from './base64.ts'
export { decodeJson, decodeJsonLoosely, encodeJson, quoteJson, valueBytes } from './json.ts'
export {
  convertKeys,
  decodeValue,
  decodeValues,
  reverseKeys,
  sortedEntries,
  validateKeys,
  type ConversionStrategy,
  type DataMap,
  type DecodingStrategy,
} from './keys.ts'
export {
  decodeYaml,
  naturalOrder,
  parseKubeYaml,
  parseYaml,
  parseYamlDocuments,
  whyNotUtf8,
  writeYaml,
  type YamlDocument,
  type YamlOptions,
} from './yaml/index.ts'
export { printf, sprint, sprintln, type Charge } from './printf.ts'
export { isPrint, quoteGo } from './quote.ts'
export {
  compareVersions,
  inRange,
  parseRange,
  parseVersion,
  versionText,
  type Version,
  type VersionRange,
} from './semver.ts'
