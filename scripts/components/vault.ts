import type { Component } from './component.ts'

const module = 'github.com/hashicorp/vault'

/** Its own modules: the release takes them from its tree, where they are ahead of what is published. */
const published: Readonly<Record<string, string>> = {
  api: 'v1.22.0',
  'api/auth/approle': 'v0.10.0',
  'api/auth/kubernetes': 'v0.10.0',
  'api/auth/userpass': 'v0.10.0',
  sdk: 'v0.21.0',
}

const edits = Object.entries(published).flatMap(([name, version]) => [
  `-require=${module}/${name}@${version}`,
  `-replace=${module}/${name}=${module}/${name}@${version}`,
])

/**
 * Vault, on the sdk that was published last: call sites that changed with it go back to the older
 * shape. The small variant, with the two further login methods that the provider knows, and with file
 * storage, so that a restart keeps its data.
 */
export const vault: Component = {
  name: 'vault',
  version: '1.21.4',
  program: 'vault',
  variables: ['VAULT', 'BAO'],
  addressVariable: 'VAULT_ADDR',
  check: { args: ['version'], fits: /(Vault v1\.|OpenBao v2\.)/ },
  recipe: {
    kind: 'go-source',
    module: `${module}@v1.21.4`,
    target: '.',
    tags: 'minimal',
    change: {
      go: [['mod', 'edit', ...edits]],
      write: {
        'helper/builtinplugins/registry_min.go': `//go:build minimal

package builtinplugins

import (
	credKube "github.com/hashicorp/vault-plugin-auth-kubernetes"
	credLdap "${module}/builtin/credential/ldap"
)

func extendAddonPlugins(r *registry) {
	r.credentialBackends["kubernetes"] = credentialBackend{Factory: credKube.Factory}
	r.credentialBackends["ldap"] = credentialBackend{Factory: credLdap.Factory}
}
`,
        'command/commands_min.go': `//go:build minimal

package command

import (
	_ "${module}/helper/builtinplugins"
	physFile "${module}/sdk/physical/file"
)

func extendAddonHandlers(handlers *vaultHandlers) {
	handlers.physicalBackends["file"] = physFile.NewFileBackend
}
`,
      },
      replace: [
        {
          file: 'builtin/logical/transit/path_restore.go',
          from: 'restoredKeyName, err := b.lm.RestorePolicy(',
          to: 'restoredKeyName := keyName\n\terr := b.lm.RestorePolicy(',
        },
        {
          file: 'vault/identity_store.go',
          from: 'ActivationFunc: iStore.activateDeduplication,',
          to: 'ActivationFunc: func(ctx context.Context, req *logical.Request, _ string) error {\n\t\t\treturn iStore.activateDeduplication(ctx, req)\n\t\t},',
        },
        {
          file: 'vault/logical_system_activation_flags.go',
          from: 'ActivationFunc(ctx, nil)',
          to: 'ActivationFunc(ctx, nil, "")',
        },
      ],
    },
  },
  without: 'the Vault provider against a real Vault',
}
