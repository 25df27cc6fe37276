export {
  decodeYaml,
  parseKubeYaml,
  parseYaml,
  parseYamlDocuments,
  type YamlDocument,
  type YamlOptions,
} from './read.ts'
export { whyNotUtf8 } from './octets.ts'
export { naturalOrder, writeYaml } from './write.ts'
