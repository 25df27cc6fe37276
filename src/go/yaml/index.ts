export {
  decodeYaml,
  parseKubeYaml,
  parseYaml,
  parseYamlDocuments,
  type YamlDocument,
  type YamlOptions,
} from './read.ts'
export { naturalOrder, writeYaml } from './write.ts'
