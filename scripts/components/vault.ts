import type { Component } from './component.ts'

/**
 * Vault, with the sdk that was published last: the release's own is in its tree only, so the three
 * call sites that it changed go back to the older shape.
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
    module: 'github.com/hashicorp/vault@v1.21.4',
    target: '.',
    tags: 'minimal',
    change: { go: [] },
  },
  without: 'the Vault provider against a real Vault',
}
