/**
 * The bounds that keep one bad input from hurting everybody else. In one place, so that an
 * operator's questions ("how large may …?") have one page to look at. Bytes unless a name says else.
 */
export const limits = {
  /** Largest object the API server takes (etcd's own default is 1.5 MiB). */
  objectBytes: 1_572_864,
  /** Sum of all values in one Secret, as the API server enforces it. */
  secretDataBytes: 1_048_576,
  /** Answer of a secret backend to one read. */
  providerAnswerBytes: 8_388_608,
  /** Answer of the API server to one page of a list. */
  listPageBytes: 536_870_912,
  /** Objects asked for in one page of a list. */
  listPageItems: 500,
  /** One file in Git that is read as a manifest. */
  manifestBytes: 10_485_760,
  /** All manifests of one sync together. */
  treeBytes: 67_108_864,
  /** Files in one synced tree. */
  treeFiles: 50_000,
  /** YAML alias expansions in one document. */
  yamlAliases: 100,
  /** Nesting of one YAML or JSON document. */
  nesting: 100,
  /** Body of a request to our own endpoints. */
  requestBodyBytes: 2_097_152,
  /** Time for one exchange with a secret backend, in milliseconds. */
  providerTimeoutMs: 30_000,
  /** Time for one exchange with the API server other than a watch, in milliseconds. */
  kubeTimeoutMs: 30_000,
} as const
