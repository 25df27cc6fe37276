import type { Component } from './component.ts'

const module = 'github.com/external-secrets/external-secrets'

/**
 * The peer itself, for tests of taking over from it. Built with the providers that the tests use;
 * newer releases are split into modules that the proxy does not serve whole.
 */
export const externalSecrets: Component = {
  name: 'external-secrets',
  version: '0.20.4',
  program: 'external-secrets',
  variables: ['EXTERNAL_SECRETS_OPERATOR'],
  check: { args: ['--help'], fits: /external-secrets/ }, // it has no way to tell its version
  recipe: {
    kind: 'go-source',
    module: `${module}@v0.20.4`,
    target: '.',
    change: {
      go: [],
      write: {
        'pkg/provider/register/register.go': `// Package register names the providers that are built in.
package register

import (
${['aws', 'azure/keyvault', 'fake', 'gcp/secretmanager', 'kubernetes', 'vault', 'webhook']
  .map((name) => `	_ "${module}/pkg/provider/${name}"`)
  .join('\n')}
)
`,
      },
    },
  },
  without: 'taking over from External Secrets Operator',
}
