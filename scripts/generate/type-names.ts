/**
 * What the generated interfaces are called, where the name made of parent and field would read
 * worse. By path below the object; `*.` matches any beginning.
 */
export interface TypeNames {
  /** The file in `src/api/generated`. */
  readonly file: string
  readonly names: Readonly<Record<string, string>>
  /** Paths whose inside is left as `unknown`. */
  readonly opaque?: (path: string) => boolean
}

/** Shapes used by several kinds; they are generated once, in `shared.ts`. */
export const sharedNames: readonly string[] = [
  'LabelSelector',
  'LabelSelectorRequirement',
  'LocalObjectReference',
]

/** Names declared by hand in `src/api`, never generated. */
export const handWritten: Readonly<Record<string, string>> = { Condition: '../object.ts' }

const builtProviders = new Set(['aws', 'azurekv', 'fake', 'kubernetes', 'vault'])
const builtGenerators = new Set(['fakeSpec', 'passwordSpec', 'sshKeySpec', 'uuidSpec'])

const secretStore: TypeNames = {
  file: 'secret-store.ts',
  opaque: (path) => {
    const [spec, provider, name] = path.split('.')
    return (
      spec === 'spec' && provider === 'provider' && name !== undefined && !builtProviders.has(name)
    )
  },
  names: {
    'spec.provider': 'StoreProviders',
    'spec.conditions[]': 'StoreCondition',
    'spec.retrySettings': 'RetrySettings',
    'spec.provider.aws': 'AwsProvider',
    'spec.provider.azurekv': 'AzureKeyVaultProvider',
    'spec.provider.fake': 'FakeProvider',
    'spec.provider.fake.data[]': 'FakeEntry',
    'spec.provider.kubernetes': 'KubernetesProvider',
    'spec.provider.vault': 'VaultProvider',
    'spec.provider.vault.auth.appRole': 'VaultAppRoleAuth',
    'spec.provider.vault.auth.cert': 'VaultCertAuth',
    'spec.provider.vault.auth.gcp': 'VaultGcpAuth',
    'spec.provider.vault.auth.iam': 'VaultIamAuth',
    'spec.provider.vault.auth.jwt': 'VaultJwtAuth',
    'spec.provider.vault.auth.kubernetes': 'VaultKubernetesAuth',
    'spec.provider.vault.auth.ldap': 'VaultLdapAuth',
    'spec.provider.vault.auth.userPass': 'VaultUserPassAuth',
    '*.namespaceSelector': 'LabelSelector',
    '*.matchExpressions[]': 'LabelSelectorRequirement',
    '*.serviceAccountRef': 'ServiceAccountSelector',
    '*.auth.serviceAccount': 'ServiceAccountSelector',
    '*.caProvider': 'CaProvider',
    '*.sessionTags[]': 'AwsSessionTag',
    '*.auth.cert.clientCert': 'SecretKeySelector',
    '*.auth.cert.clientKey': 'SecretKeySelector',
    '*.auth.cert.secretRef': 'SecretKeySelector',
    '*.auth.token.bearerToken': 'SecretKeySelector',
    '*.auth.jwt.secretRef': 'SecretKeySelector',
    '*.auth.kubernetes.secretRef': 'SecretKeySelector',
    '*.auth.ldap.secretRef': 'SecretKeySelector',
    '*.auth.userPass.secretRef': 'SecretKeySelector',
    '*.auth.appRole.secretRef': 'SecretKeySelector',
    '*.roleRef': 'SecretKeySelector',
    '*.tokenSecretRef': 'SecretKeySelector',
    '*.certSecretRef': 'SecretKeySelector',
    '*.keySecretRef': 'SecretKeySelector',
    '*.accessKeyIDSecretRef': 'SecretKeySelector',
    '*.secretAccessKeySecretRef': 'SecretKeySelector',
    '*.sessionTokenSecretRef': 'SecretKeySelector',
    '*.authSecretRef.clientCertificate': 'SecretKeySelector',
    '*.authSecretRef.clientId': 'SecretKeySelector',
    '*.authSecretRef.clientSecret': 'SecretKeySelector',
    '*.authSecretRef.tenantId': 'SecretKeySelector',
    '*.kubernetes.authRef': 'SecretKeySelector',
    'status.conditions[]': 'Condition',
  },
}

/** Type names by kind. */
export const typeNames: Readonly<Record<string, TypeNames>> = {
  ExternalSecret: {
    file: 'external-secret.ts',
    names: {
      'spec.data[]': 'ExternalSecretData',
      'spec.data[].remoteRef': 'RemoteRef',
      'spec.data[].sourceRef': 'StoreSourceRef',
      'spec.dataFrom[]': 'ExternalSecretDataFrom',
      'spec.dataFrom[].extract': 'RemoteRef',
      'spec.dataFrom[].find': 'FindRef',
      'spec.dataFrom[].find.name': 'FindName',
      'spec.dataFrom[].rewrite[]': 'Rewrite',
      'spec.dataFrom[].rewrite[].merge': 'RewriteMerge',
      'spec.dataFrom[].rewrite[].regexp': 'RewriteRegexp',
      'spec.dataFrom[].rewrite[].transform': 'RewriteTransform',
      'spec.dataFrom[].sourceRef': 'StoreSourceRef',
      '*.storeRef': 'SecretStoreRef',
      '*.generatorRef': 'GeneratorRef',
      'spec.secretStoreRef': 'SecretStoreRef',
      'spec.syncWindows': 'SyncWindows',
      'spec.target.manifest': 'ManifestReference',
      'spec.target.template': 'SecretTemplate',
      'spec.target.template.metadata': 'SecretTemplateMetadata',
      'spec.target.template.templateFrom[]': 'TemplateFrom',
      'spec.target.template.templateFrom[].configMap': 'TemplateSource',
      'spec.target.template.templateFrom[].secret': 'TemplateSource',
      '*.templateFrom[].configMap.items[]': 'TemplateSourceItem',
      '*.templateFrom[].secret.items[]': 'TemplateSourceItem',
      'status.conditions[]': 'Condition',
    },
  },
  SecretStore: secretStore,
  ClusterSecretStore: {
    ...secretStore,
    names: { ...secretStore.names, spec: 'SecretStoreSpec', status: 'SecretStoreStatus' },
  },
  Password: { file: 'generators.ts', names: { spec: 'PasswordSpec' } },
  SSHKey: { file: 'generators.ts', names: { spec: 'SshKeySpec' } },
  UUID: { file: 'generators.ts', names: {} },
  Fake: { file: 'generators.ts', names: { spec: 'FakeSpec' } },
  ClusterGenerator: {
    file: 'generators.ts',
    opaque: (path) => {
      const [spec, generator, name] = path.split('.')
      return (
        spec === 'spec' &&
        generator === 'generator' &&
        name !== undefined &&
        !builtGenerators.has(name)
      )
    },
    names: {
      'spec.generator': 'GeneratorSpecs',
      'spec.generator.passwordSpec': 'PasswordSpec',
      'spec.generator.sshKeySpec': 'SshKeySpec',
      'spec.generator.fakeSpec': 'FakeSpec',
    },
  },
  SealedSecret: {
    file: 'sealed-secret.ts',
    names: {
      'spec.template': 'SealedSecretTemplate',
      'spec.template.metadata': 'SealedSecretTemplateMetadata',
      'status.conditions[]': 'Condition',
    },
  },
  GitRepository: {
    file: 'git-repository.ts',
    names: {
      'spec.ref': 'GitReference',
      'spec.include[]': 'GitRepositoryInclude',
      'spec.verify': 'GitRepositoryVerification',
      'status.artifact': 'Artifact',
      'status.includedArtifacts[]': 'Artifact',
      'status.observedInclude[]': 'GitRepositoryInclude',
      'status.conditions[]': 'Condition',
      '*.secretRef': 'LocalObjectReference',
      '*.proxySecretRef': 'LocalObjectReference',
      '*.include[].repository': 'LocalObjectReference',
      '*.observedInclude[].repository': 'LocalObjectReference',
    },
  },
  Kustomization: {
    file: 'kustomization.ts',
    names: {
      'spec.decryption': 'KustomizationDecryption',
      'spec.decryption.secretRef': 'LocalObjectReference',
      'spec.kubeConfig.configMapRef': 'LocalObjectReference',
      'spec.dependsOn[]': 'KustomizationDependency',
      'spec.healthCheckExprs[]': 'HealthCheckExpression',
      'spec.healthChecks[]': 'HealthCheck',
      'spec.images[]': 'KustomizationImage',
      'spec.ignore[]': 'KustomizationIgnore',
      'spec.ignore[].target': 'PatchSelector',
      'spec.patches[]': 'KustomizationPatch',
      'spec.patches[].target': 'PatchSelector',
      'spec.postBuild': 'PostBuild',
      'spec.postBuild.substituteFrom[]': 'SubstituteReference',
      'spec.sourceRef': 'KustomizationSourceRef',
      'status.conditions[]': 'Condition',
      'status.history[]': 'ReconcileSnapshot',
      'status.inventory': 'ResourceInventory',
      'status.inventory.entries[]': 'ResourceInventoryEntry',
    },
  },
}

/** The name for `path`: the exact one, else the longest `*.` ending, else none. */
export function nameFor(path: string, names: Readonly<Record<string, string>>): string | undefined {
  if (Object.hasOwn(names, path)) return names[path]
  const parts = path.split('.')
  for (let from = 1; from < parts.length; from += 1) {
    const key = `*.${parts.slice(from).join('.')}`
    if (Object.hasOwn(names, key)) return names[key]
  }
  return undefined
}
